// What is baked into the program is what stands in the folders: nothing forgotten, nothing stale.
import CAssets
import Foundation
import Testing

@Suite struct AssetTests {
    @Test func `the list of assets names every file that belongs in the program, sorted`() {
        #expect(
            Self.assets.map(\.name) == Self.wanted,
            "Sources/CAssets/AssetList.h and the folders differ.")
    }

    @Test func `every asset has the bytes of its file`() throws {
        for asset in Self.assets {
            let file = try Data(contentsOf: Repository.root.appending(path: asset.name))
            #expect(asset.bytes == file, "\(asset.name) is older than its file: build again.")
        }
    }

    /// The Lua library with its descriptions, and the page; tests stay outside.
    private static var wanted: [String] {
        Repository.files.map(\.path).filter { path in
            path.hasPrefix("stdlib/") && path.hasSuffix(".lua") && !path.hasSuffix(".test.lua")
                || path.hasPrefix("Sources/Server/Page/")
        }
    }

    private static var assets: [(name: String, bytes: Data)] {
        (0..<muster_asset_count()).map { index in
            let asset = muster_asset_at(index).pointee
            return (
                String(cString: asset.name), Data(bytes: asset.bytes, count: asset.length)
            )
        }
    }
}
