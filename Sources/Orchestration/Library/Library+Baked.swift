// The modules the program carries inside itself.
import CAssets

extension Library {
    /// The baked modules by the name `require` knows: `stdlib/wait.lua` as `wait`.
    package static let bakedModules: [String: String] = {
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
    }()
}
