// swift-tools-version: 6.2
// The benchmarks, apart so that nobody's build pays for them. `House` is a link to `../Sources`:
// the rooms are targets of this package too, and their `package` declarations can be seen.
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A room of the house, by the path it has under `Sources`.
func room(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "House/\(name)", exclude: exclude,
        swiftSettings: settings)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let rooms: [Target.Dependency] = [
    "Model", "Store", "Fabric", "LuaRuntime", "Replication", "Orchestration", "CAssets",
]

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1",
            traits: ["FullFoundation"]),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "SystemLua", path: "House/System/lua", pkgConfig: "lua5.4"),
        .systemLibrary(name: "SystemZstd", path: "House/System/zstd", pkgConfig: "libzstd"),
        .systemLibrary(name: "SystemXxhash", path: "House/System/xxhash", pkgConfig: "libxxhash"),
        .systemLibrary(name: "SystemLinux", path: "House/System/linux"),
        .systemLibrary(name: "SystemCrypto", path: "House/System/crypto", pkgConfig: "libcrypto"),
        .target(
            name: "CLua", dependencies: ["SystemLua"], path: "House/CLua", exclude: ["library"]),
        .target(name: "CAssets", path: "House/CAssets"),
        room("Model", ["SystemCrypto"]),
        room("LuaRuntime", ["CLua", "Model"]),
        room("Store", ["Model", "SystemLinux", grdb, sqlite]),
        room("Fabric", ["Model", "SystemLinux"]),
        room(
            "Replication",
            [
                "Model", "Store", "Fabric", "SystemZstd", "SystemXxhash", "SystemLinux",
                "SystemCrypto",
            ]),
        room(
            "Orchestration",
            ["Model", "Store", "Fabric", "LuaRuntime", "Replication", "CAssets"]),
        room(
            "Server",
            ["Model", "Orchestration", "CAssets", hummingbird, lifecycle, logging, nio],
            exclude: ["Page"]),
        .executableTarget(
            name: "muster",
            dependencies: rooms + ["Server", arguments, lifecycle, signals, logging],
            path: "House/muster", swiftSettings: settings),
        // The peers that are loops in C over somebody's library.
        .target(
            name: "Peers", dependencies: ["SystemLua"], path: "Peers",
            exclude: ["durable.py"], linkerSettings: [.linkedLibrary("sqlite3")]),
        .executableTarget(
            name: "bench", dependencies: rooms + ["Peers"], path: "Bench",
            swiftSettings: settings),
    ],
    cLanguageStandard: .gnu2x
)
