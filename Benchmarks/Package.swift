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
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "House/\(name)", swiftSettings: settings)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
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
        room("Store", ["Model", grdb, sqlite]),
        room("Fabric", ["Model", "SystemLinux"]),
        room(
            "Replication",
            ["Model", "Store", "Fabric", "SystemZstd", "SystemXxhash", "SystemLinux"]),
        room(
            "Orchestration",
            ["Model", "Store", "Fabric", "LuaRuntime", "Replication", "CAssets"]),
        .executableTarget(
            name: "muster", dependencies: rooms + [arguments], path: "House/muster",
            swiftSettings: settings),
        // The peers that are loops in C over somebody's library.
        .target(
            name: "Peers", dependencies: ["SystemLua"], path: "Peers",
            linkerSettings: [.linkedLibrary("sqlite3")]),
        .executableTarget(
            name: "bench", dependencies: rooms + ["Peers"], path: "Bench",
            swiftSettings: settings),
    ],
    cLanguageStandard: .gnu2x
)
