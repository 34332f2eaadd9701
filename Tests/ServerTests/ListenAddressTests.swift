// Plain HTTP stays on this machine.
import Model
import Server
import Testing

@Suite(.timeLimit(.minutes(10))) struct ListenAddressTests {
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

    @Test func `the socket listens on 127.0.0.1 and on no other address`() async throws {
        try await House().serving { client in
            let here = try await client.get("/health")
            #expect(here.status == 200)
            // Another address of this machine; a socket bound to all of them would answer here too.
            let elsewhere = HTTPClient(port: client.port, host: "127.0.0.2")
            await #expect {
                try await elsewhere.get("/health")
            } throws: { "\($0)".contains("nobody listens") }
        }
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
}
