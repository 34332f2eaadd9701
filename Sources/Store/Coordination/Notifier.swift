// Pushes notices between the processes that share a lab, so that nobody polls. Each listener is a
// unix datagram socket in the folder `notify` of the lab; who has news sends to every socket there.
//
// Sockets are reached as `/proc/self/fd/N/NAME`, N being the open folder: an address holds 108
// bytes, and a lab may lie deeper than that.
//
// A listener whose queue is full misses notices. The sender then leaves a file `NAME.missed` and
// sends once more: either that arrives, or the queue was full again and the listener has yet to
// drain it. In both cases he looks for the file after the file was made, and yields
// `Notice.missed`.
import Glibc
import Model

/// The bell of a lab.
package final class Notifier: Sendable {
    let folder: NotifyFolder
    private let sender: Int32

    /// The bell of the lab in `folder`; makes its folder `notify` when it is not there.
    /// Raises `files.failed`.
    package init(folder: String) throws {
        self.folder = try NotifyFolder("\(folder)/notify")
        sender = socket(AF_UNIX, datagramKind, 0)
        guard sender >= 0 else { throw Failure(system: errno, "make a socket for", folder) }
    }

    deinit { close(sender) }

    /// Everything that is notified from now on, by any process, this one included. The stream ends
    /// when its consumer's task is cancelled or lets go of it. Raises `files.failed`.
    package func listen() throws -> AsyncStream<Notice> {
        let listener = try NotifyListener(in: folder)
        let (stream, continuation) = AsyncStream.makeStream(
            of: Notice.self, bufferingPolicy: .bufferingNewest(Limits.noticesMax))
        listener.start(continuation)
        return stream
    }

    /// Tells every listener. Never blocks; a listener that is gone is removed.
    package func notify(_ notice: Notice) {
        let datagram = notice.datagram
        for name in folder.sockets() {
            switch send(datagram, to: name) {
            case ECONNREFUSED: folder.remove(name)
            case EAGAIN, ENOBUFS:
                folder.markMissed(name)
                _ = send(datagram, to: name)
            default: continue
            }
        }
    }

    /// Returns 0, or why it was not sent.
    private func send(_ datagram: [UInt8], to name: String) -> Int32 {
        var address = folder.address(of: name)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    sender, datagram, datagram.count, Int32(MSG_DONTWAIT), $0,
                    socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return sent < 0 ? errno : 0
    }
}

let datagramKind =
    Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
