// The bell: heard by every listener, in this process and in others, and never a trap for who rings
// it.
import Foundation
import Model
import Testing

@testable import Store

@Suite struct NotifierTests {
    let lab: Lab

    init() throws { lab = try Lab() }

    private func sockets() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(lab.folder)/notify").sorted()
    }

    @Test func `every listener hears, the one who rings included`() async throws {
        let bells = [try Notifier(folder: lab.folder), try Notifier(folder: lab.folder)]
        let streams = [try bells[0].listen(), try bells[1].listen(), try bells[1].listen()]
        let notice = Notice(.answered, run: RunID(17))
        bells[0].notify(notice)
        for stream in streams {
            let heard = await stream.first { _ in true }
            #expect(heard == notice)
        }
    }

    @Test func `notices arrive in order`() async throws {
        let bell = try Notifier(folder: lab.folder)
        let stream = try bell.listen()
        for number in 1...5 { bell.notify(Notice(.runChanged, run: RunID(Int64(number)))) }
        bell.notify(Notice(.labChanged))
        let heard = await stream.prefix(6).reduce(into: []) { $0.append($1) }
        #expect(heard.dropLast().map(\.run?.number) == [1, 2, 3, 4, 5])
        #expect(heard.last == Notice(.labChanged))
    }

    @Test func `another process rings`() async throws {
        let bell = try Notifier(folder: lab.folder)
        let stream = try bell.listen()
        let folder = lab.folder
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            try Notifier(folder: folder).notify(Notice(.answered, run: RunID(3)))
        }
        let heard = await stream.first { _ in true }
        #expect(heard == Notice(.answered, run: RunID(3)))
    }

    @Test func `sockets of the dead are removed and the living hear`() async throws {
        let folder = lab.folder
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            let stream = try Notifier(folder: folder).listen()
            kill(getpid(), SIGKILL)
            _ = stream
        }
        #expect(try sockets().count == 1)
        let bell = try Notifier(folder: lab.folder)
        let stream = try bell.listen()
        #expect(try sockets().count == 2)
        bell.notify(Notice(.runChanged))
        let heard = await stream.first { _ in true }
        #expect(heard == Notice(.runChanged))
        #expect(try sockets().count == 1)
    }

    @Test func `a folder deeper than a socket's address is no obstacle`() async throws {
        let deep = "\(lab.folder)/\(String(repeating: "deep/", count: 40))"
        try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
        let bell = try Notifier(folder: deep)
        let stream = try bell.listen()
        bell.notify(Notice(.runChanged))
        let heard = await stream.first { _ in true }
        #expect(heard == Notice(.runChanged))
    }

    @Test func `who is too slow is told that he missed some`() async throws {
        let folder = try NotifyFolder("\(lab.folder)/notify")
        let bell = try Notifier(folder: lab.folder)
        let listener = try NotifyListener(in: folder)
        // Bound, but not yet reading: its queue in the kernel fills up.
        for number in 1...2000 { bell.notify(Notice(.runChanged, run: RunID(Int64(number)))) }
        #expect(try sockets().contains { $0.hasSuffix(".missed") })
        let (stream, continuation) = AsyncStream.makeStream(of: Notice.self)
        listener.start(continuation)
        let heard = await stream.first { $0 == .missed }
        #expect(heard == .missed)
        #expect(try !sockets().contains { $0.hasSuffix(".missed") })
    }

    @Test func `who leaves notices unread is told so instead of growing`() async throws {
        let bell = try Notifier(folder: lab.folder)
        let (stream, continuation) = AsyncStream.makeStream(
            of: Notice.self, bufferingPolicy: .bufferingNewest(3))
        let listener = try NotifyListener(in: NotifyFolder("\(lab.folder)/notify"))
        for number in 1...9 { bell.notify(Notice(.runChanged, run: RunID(Int64(number)))) }
        listener.start(continuation)
        let heard = await stream.first { $0 == .missed }
        #expect(heard == .missed)
    }

    @Test(arguments: ["", "17", "x answered", "17 ", "0 answered", "17 sunny", "\u{0}"])
    func `what is no notice is dropped`(text: String) {
        #expect(Notice(datagram: Array(text.utf8)) == nil)
    }

    @Test func `ringing where nobody listens does nothing`() throws {
        try Notifier(folder: lab.folder).notify(Notice(.runChanged))
        #expect(try sockets().isEmpty)
    }

    @Test func `a folder that cannot be made is named`() {
        #expect { try Notifier(folder: "\(lab.folder)/nowhere") } throws: { error in
            Failure.isOf(.fileSystem)(error) && "\(error)".contains("nowhere/notify")
        }
    }
}
