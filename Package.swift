// swift-tools-version: 6.2
// The map of the house: targets in layer order, ground floor first. Every arrow points down, and
// rooms of one floor do not know each other; `Tests/HouseTests` reads this file and holds it to that.
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A room of the house, with its face (the DocC catalogue) beside its sources.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one room; they mirror `Sources` name for name.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "muster",

    dependencies: [],
    targets: [
        // System libraries
        .systemLibrary(name: "SystemLua", path: "Sources/System/lua", pkgConfig: "lua5.4"),
        .systemLibrary(name: "SystemZstd", path: "Sources/System/zstd", pkgConfig: "libzstd"),
        .systemLibrary(name: "SystemXxhash", path: "Sources/System/xxhash", pkgConfig: "libxxhash"),
        .systemLibrary(name: "SystemCrypto", path: "Sources/System/crypto", pkgConfig: "libcrypto"),

        // L0
        .target(name: "CLua", dependencies: ["SystemLua"]),
        .target(name: "CAssets"),
        room("Model", ["SystemCrypto"]),

        room("Fabric", ["Model"]),
        // Tests
        tests("Model", ["Model"]),
    ],
    cLanguageStandard: .gnu2x
)
