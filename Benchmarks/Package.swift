// swift-tools-version: 6.2
// The benchmarks, apart so that nobody's build pays for them. `House` is a link to `../Sources`:
// the rooms are targets of this package too, and their `package` declarations can be seen.
import PackageDescription

/// A room of the house, by the path it has under `Sources`.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "House/\(name)",
        swiftSettings: [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        ])
}

let package = Package(
    name: "benchmarks",
    targets: [
        .systemLibrary(
            name: "SystemCrypto", path: "House/System/crypto", pkgConfig: "libcrypto"),
        room("Model", ["SystemCrypto"]),
        .executableTarget(
            name: "bench", dependencies: ["Model"], path: "Bench",
            swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]),
    ],
    cLanguageStandard: .gnu2x
)
