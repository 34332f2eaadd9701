// A value behind a lock. Foundation's lock is a pthread mutex, which the thread sanitizer understands;
// it reports false races for that of `Synchronization`.
import Foundation

/// A value that one thread at a time may touch.
final class Locked<Value>: @unchecked Sendable {
    // Unchecked: `value` is reached between `lock` and `unlock` only.
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
