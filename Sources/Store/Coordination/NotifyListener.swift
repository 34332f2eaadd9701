// One listener: a bound socket, read when the kernel says that something is there. No thread waits.
import Dispatch
import Glibc
import Model

final class NotifyListener: Sendable {
    private let folder: NotifyFolder
    private let name: String
    private let descriptor: Int32

    /// Binds a new socket in the folder. Raises `files.failed`.
    init(in folder: NotifyFolder) throws {
        self.folder = folder
        name = folder.newName()
        descriptor = socket(AF_UNIX, datagramKind, 0)
        guard descriptor >= 0 else { throw Failure(system: errno, "make the socket", name) }
        var address = folder.address(of: name)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else {
            let number = errno
            close(descriptor)
            throw Failure(system: number, "bind the socket", name)
        }
    }

    /// Passes notices on until the stream ends; then closes and removes the socket.
    func start(_ continuation: AsyncStream<Notice>.Continuation) {
        let queue = DispatchQueue(label: "store.notify")
        // Unsafe: Dispatch's sources may be cancelled from any thread, but are not declared
        // Sendable.
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [self] in drain(into: continuation) }
        source.setCancelHandler { [self] in
            close(descriptor)
            folder.remove(name)
        }
        continuation.onTermination = { _ in source.cancel() }
        source.activate()
    }

    private func drain(into continuation: AsyncStream<Notice>.Continuation) {
        while let notice = receive() {
            guard let notice = notice.value else { continue }
            if case .dropped = continuation.yield(notice) { continuation.yield(.missed) }
        }
        if folder.takeMissed(name) { continuation.yield(.missed) }
    }

    private struct Received {
        /// Nil when the datagram was no notice.
        var value: Notice?
    }

    /// The next datagram; nil when there is none.
    private func receive() -> Received? {
        var buffer = [UInt8](repeating: 0, count: Notice.bytesMax)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count >= 0 else { return nil }
        return Received(value: Notice(datagram: buffer.prefix(count)))
    }
}
