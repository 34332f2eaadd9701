// swift-tools-version: 6.2
// The map of the house: targets in layer order, ground floor first. Every arrow points down, and
// rooms of one floor do not know each other; `Tests/HouseTests` holds this file to that.
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A room of the house, with its face (the DocC catalogue) beside its sources.
func room(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

/// The tests of one room; they mirror `Sources` name for name.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, swiftSettings: strict)
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
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "muster",
    products: [.executable(name: "muster", targets: ["muster"])],
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
        // System libraries
        .systemLibrary(name: "SystemLua", path: "Sources/System/lua", pkgConfig: "lua5.4"),
        .systemLibrary(name: "SystemZstd", path: "Sources/System/zstd", pkgConfig: "libzstd"),
        .systemLibrary(name: "SystemXxhash", path: "Sources/System/xxhash", pkgConfig: "libxxhash"),
        .systemLibrary(name: "SystemLinux", path: "Sources/System/linux"),
        .systemLibrary(name: "SystemCrypto", path: "Sources/System/crypto", pkgConfig: "libcrypto"),

        // L0
        // Lua leaves functions by longjmp, and ThreadSanitizer's count of frames would run over.
        .target(
            name: "CLua", dependencies: ["SystemLua"], exclude: ["library"],
            cSettings: [.unsafeFlags(["-fno-sanitize=thread"])]),
        .target(name: "CAssets"),
        room("Model", ["SystemCrypto"]),

        // L1
        room("LuaRuntime", ["CLua", "Model"]),
        room("Store", ["Model", "SystemLinux", grdb, sqlite]),
        room("Fabric", ["Model", "SystemLinux"]),

        // L2
        room(
            "Replication",
            [
                "Model", "Store", "Fabric", "SystemZstd", "SystemXxhash", "SystemLinux",
                "SystemCrypto",
            ]),

        // L3
        room(
            "Orchestration",
            ["Model", "Store", "Fabric", "LuaRuntime", "Replication", "CAssets"]),

        // L4
        room(
            "Server",
            ["Model", "Orchestration", "CAssets", hummingbird, lifecycle, logging, nio, nioPosix],
            exclude: ["Page"]),

        // L5
        .executableTarget(
            name: "muster",
            dependencies: [
                "Model", "Store", "Fabric", "LuaRuntime", "Replication", "Orchestration",
                "Server", "CAssets", arguments, lifecycle, signals, logging,
            ],
            swiftSettings: strict),

        // Tests
        tests("Model", ["Model"]),
        tests("LuaRuntime", ["LuaRuntime", "Model"]),
        tests("Store", ["Store", "Model", grdb, sqlite]),
        tests("Fabric", ["Fabric", "Model"]),
        tests("Replication", ["Replication", "Fabric", "Model", "SystemXxhash"]),
        tests(
            "Orchestration",
            [
                "Orchestration", "Model", "LuaRuntime", "Store", "Fabric", "Replication",
                "TestSupport",
            ]),
        tests(
            "Server",
            [
                "Server", "TestSupport", "Orchestration", "Replication", "Fabric", "Store",
                "Model", lifecycle, logging,
            ]),
        .target(
            name: "TestSupport",
            dependencies: [
                "Model", "Store", "Fabric", "LuaRuntime", "Replication", "Orchestration", "CAssets",
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        tests(
            "Runbook",
            [
                "TestSupport", "Model", "Store", "Fabric", "LuaRuntime", "Replication",
                "Orchestration",
            ]),
        tests("House", ["Model", "CAssets"]),
        tests("System", []),
    ],
    cLanguageStandard: .gnu2x
)
