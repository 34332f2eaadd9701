// The Lua of the repository, as the program carries it and as the runbooks' folder holds it.
import CAssets
import Foundation

package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file of the folder `runbooks`; nil when there is none.
    package static func runbook(_ path: String) -> String? {
        try? String(contentsOf: root.appending(path: "runbooks/\(path)"), encoding: .utf8)
    }

    /// The baked modules by the name `require` knows.
    package static var stdlib: [String: String] {
        var modules: [String: String] = [:]
        for index in 0..<muster_asset_count() {
            let asset = muster_asset_at(index).pointee
            let path = String(cString: asset.name)
            guard path.hasPrefix("stdlib/"), path.hasSuffix(".lua"), !path.contains("/meta/") else {
                continue
            }
            let bytes = UnsafeBufferPointer(start: asset.bytes, count: asset.length)
            modules[String(path.dropFirst(7).dropLast(4))] = String(decoding: bytes, as: UTF8.self)
        }
        return modules
    }
}
