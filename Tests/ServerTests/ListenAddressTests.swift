// Plain HTTP stays on this machine.
import Foundation
import Model
import Server
import Testing

@Suite(.timeLimit(.minutes(1))) struct ListenAddressTests {
    @Test(arguments: ["127.0.0.1:8420", "localhost:8420", "8420"])
    func `an address of this machine is taken`(text: String) throws {
        #expect(try ListenAddress(parsing: text) == ListenAddress(port: 8420))
    }

    @Test(arguments: ["0.0.0.0:8420", "10.0.0.7:8420", "engine.a.net:8420", "[::]:8420", ":8420"])
    func `an address of another machine is refused, and the right one shown`(text: String) {
        #expect {
            try ListenAddress(parsing: text)
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .notLoopback
                && failure?.message.contains("127.0.0.1:8420") == true
        }
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", ""])
    func `what is no address is refused`(text: String) {
        #expect {
            try ListenAddress(parsing: text)
        } throws: { ($0 as? Failure)?.code == .usage }
    }

    @Test func `the socket is bound to the loopback address`() async throws {
        let port = try await House().serving { client in
            #expect(Self.hostsListening(on: client.port) == ["0100007F"])
            return client.port
        }
        #expect(Self.hostsListening(on: port) == [], "it listens on after it has stopped")
    }

    @Test func `a port that is taken is named`() async throws {
        let house = try await House()
        try await house.serving { client in
            await #expect {
                try await house.server(port: UInt16(client.port)).run()
            } throws: { error in
                let failure = error as? Failure
                return failure?.code == .addressTaken
                    && failure?.message.contains("\(client.port)") == true
            }
        }
    }

    /// The local addresses, as the kernel writes them, of IPv4 sockets that listen on the port.
    private static func hostsListening(on port: Int) -> [String] {
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        let wanted = ":" + String(format: "%04X", port)
        return table.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[1].hasSuffix(wanted), fields[3] == "0A" else {
                return nil
            }
            return String(fields[1].dropLast(wanted.count))
        }
    }
}
