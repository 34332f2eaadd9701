// Where the server listens. Plain HTTP exists only on loopback, so an address of any other
// machine cannot be made.
import Model

/// An address on this machine.
package struct ListenAddress: Sendable, Equatable {
    package static let host = "127.0.0.1"

    /// 0 lets the system choose.
    package let port: Int

    package init(port: UInt16) { self.port = Int(port) }

    /// Reads `127.0.0.1:8420`, `localhost:8420` or `8420`.
    ///
    /// Raises `server.not_loopback` for another host, and `usage.invalid` for what is no address.
    package init(parsing text: String) throws(Failure) {
        let colon = text.lastIndex(of: ":")
        let host = colon.map { String(text[..<$0]) }
        let port = UInt16(colon.map { text[text.index(after: $0)...] } ?? text[...])
        guard let port else {
            throw Failure(
                .usage, "'\(text)' is no address to listen on; write \"\(Self.host):8420\"",
                context: ["address": text])
        }
        guard [Self.host, "localhost", nil].contains(host) else {
            throw Failure(
                .notLoopback,
                "'\(text)' is not of this machine alone, and the interface speaks plain HTTP; "
                    + "write \"\(Self.host):\(port)\"", context: ["address": text])
        }
        self.init(port: port)
    }
}
