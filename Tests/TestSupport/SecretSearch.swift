// Looks for a secret in whatever was left behind: as it is, and in the spellings in which it could
// have got out unseen.
import Foundation
import Model

package struct SecretSearch: Sendable {
    private let spellings: [(name: String, bytes: Data)]

    package init(_ secret: String) {
        let plain = Data(secret.utf8)
        let hexadecimal = plain.map { String(format: "%02x", $0) }.joined()
        let percent =
            secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret
        spellings = [
            ("as it is", plain), ("in base64", Data(Self.core(of: plain).utf8)),
            ("in hexadecimal", Data(hexadecimal.utf8)),
            ("in capitals of it", Data(hexadecimal.uppercased().utf8)),
            ("backwards", Data(String(secret.reversed()).utf8)),
            ("in UTF-16", secret.data(using: .utf16LittleEndian) ?? plain),
            ("percent-encoded", Data(percent.utf8)),
            ("its first half", plain.prefix(plain.count / 2)),
            ("its second half", plain.suffix(plain.count / 2)),
        ]
    }

    /// What base64 has of it wherever it begins.
    private static func core(of bytes: Data) -> String {
        String(bytes.base64EncodedString().prefix(bytes.count / 3 * 4))
    }

    /// Where in these bytes, in words; empty when nowhere.
    package func findings(in data: Data, called name: String) -> [String] {
        spellings.filter { data.range(of: $0.bytes) != nil }.map { "\(name) holds it \($0.name)" }
    }

    package func findings(in text: String, called name: String) -> [String] {
        findings(in: Data(text.utf8), called: name)
    }

    /// In every file below a folder but those of the given names.
    package func findings(inFolder folder: String, but left: Set<String> = []) throws -> [String] {
        let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }
        return try (paths ?? []).sorted().flatMap { path -> [String] in
            var isFolder = ObjCBool(false)
            let full = "\(folder)/\(path)"
            guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder),
                !isFolder.boolValue, !left.contains(path), !path.hasPrefix("notify/")
            else { return [] }
            return findings(in: try Data(contentsOf: URL(fileURLWithPath: full)), called: path)
        }
    }
}
