// The page: one file, baked into the program, with the policy that lets a browser run its own
// script and style and nothing else.
import CAssets
import Foundation
import Hummingbird
import Model

struct Page: Sendable {
    static let path = "Sources/Server/Page/page.html"
    static let shared = Page(html: asset)

    let html: String
    /// Names the page's script and style by their digests: nothing that was written into the page
    /// later runs, and nothing is loaded from or sent to anywhere else.
    let policy: String

    init(html: String) {
        self.html = html
        let sources = ["script", "style"].map { tag in
            "\(tag)-src 'sha256-\(Self.digest(of: Self.content(of: tag, in: html)))'"
        }
        policy =
            (["default-src 'none'"] + sources + [
                "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'",
                "frame-ancestors 'none'",
            ]).joined(separator: "; ")
    }

    var response: Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// What stands between `<tag>` and `</tag>`; the page has one of each.
    private static func content(of tag: String, in html: String) -> String {
        guard let start = html.range(of: "<\(tag)>"), let end = html.range(of: "</\(tag)>") else {
            return ""
        }
        return String(html[start.upperBound..<end.lowerBound])
    }

    /// SHA-256 in Base64, as the policy wants it.
    private static func digest(of text: String) -> String {
        let digits = Array(Digest(of: text).description)
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
        return Data(bytes).base64EncodedString()
    }

    private static var asset: String {
        let assets = (0..<muster_asset_count()).lazy.map { muster_asset_at($0).pointee }
        guard let page = assets.first(where: { String(cString: $0.name) == path }) else {
            preconditionFailure("the program was built without \(path)")
        }
        return String(
            decoding: UnsafeBufferPointer(start: page.bytes, count: page.length), as: UTF8.self)
    }
}
