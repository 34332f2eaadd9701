// The layer table: which room stands on which floor, which rooms it may see, and which modules from
// outside are its own. This is the one place where the map is data; `LayerTests` holds the imports,
// the package and the README to it.

struct Room: Sendable {
    let name: String
    let floor: Int
    let duty: String
    /// Rooms of lower floors that it may import.
    let sees: [String]
    /// Modules from outside that this room may import besides those that all may.
    var outside: [String] = []
}

enum Layers {
    static let rooms = [
        Room(
            name: "CLua", floor: 0, duty: "the only C that touches the interpreter",
            sees: [], outside: ["SystemLua"]),
        Room(
            name: "CAssets", floor: 0,
            duty: "the Lua library and the page, baked into the program", sees: []),
        Room(
            name: "Model", floor: 0,
            duty: "the nouns, what may follow what, failure codes, limits; no I/O",
            sees: [], outside: ["SystemCrypto"]),
        Room(
            name: "LuaRuntime", floor: 1,
            duty: "states, values, coroutines, sandbox, budget; no word of disaster recovery",
            sees: ["CLua", "Model"]),
        Room(
            name: "Store", floor: 1, duty: "the durable memory; the only room with SQL",
            sees: ["Model"], outside: ["GRDB", "GRDBSQLite", "SystemLinux"]),
        Room(
            name: "Fabric", floor: 1,
            duty: "machines, disks, switches, and where changed blocks are learnt from",
            sees: ["Model"], outside: ["SystemLinux", "SystemXxhash"]),
        Room(
            name: "Replication", floor: 2,
            duty: "the path of a block: log, transport, undo, apply, points",
            sees: ["Fabric", "Model", "Store"],
            outside: ["SystemCrypto", "SystemLinux", "SystemXxhash", "SystemZstd"]),
        Room(
            name: "Orchestration", floor: 3,
            duty: "runs, plans, primitives, reports; the only door for what people ask",
            sees: ["CAssets", "Fabric", "LuaRuntime", "Model", "Replication", "Store"]),
        Room(
            name: "Server", floor: 4, duty: "the HTTP interface and the page",
            sees: ["CAssets", "Model", "Orchestration"],
            outside: http + ["ServiceLifecycle", "UnixSignals"]),
        Room(
            name: "muster", floor: 5, duty: "the command; `Composition.swift` names the parts",
            sees: [
                "CAssets", "CLua", "Fabric", "LuaRuntime", "Model", "Orchestration", "Replication",
                "Server", "Store",
            ], outside: ["ArgumentParser", "ServiceLifecycle", "UnixSignals"]),
    ]

    /// Modules of the language, the system and the house's common ground, open to every room.
    static let common = [
        "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
        "SystemPackage", "Subprocess", "Logging", "Metrics", "BasicContainers", "Collections",
        "DequeModule", "HeapModule", "OrderedCollections",
    ]

    /// The HTTP stack: one room knows it, so that one room pays for it.
    static let http = [
        "AsyncHTTPClient", "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdTLS",
        "Mustache", "NIOCore", "NIOFoundationCompat", "NIOHTTP1", "NIOPosix", "NIOSSL",
    ]

    /// Protocols with several implementations: who implements one is named by the composition only.
    static let seams = ["FabricProvider", "Transport"]
    static let composition = "Sources/muster/Composition.swift"

    static func room(of path: String) -> Room? {
        let parts = path.split(separator: "/")
        guard parts.first == "Sources", parts.count > 2 else { return nil }
        return rooms.first { $0.name == parts[1] }
    }

    /// The table as the README shows it.
    static var table: String {
        let rows = rooms.sorted { ($1.floor, $0.name) < ($0.floor, $1.name) }.map { room in
            let sees = room.sees.isEmpty ? "–" : room.sees.joined(separator: ", ")
            return "| \(room.floor) | `\(room.name)` | \(room.duty) | \(sees) |"
        }
        return (["| floor | room | what lives there | may see |", "|---|---|---|---|"] + rows)
            .joined(separator: "\n")
    }
}
