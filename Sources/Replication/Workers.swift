// A few threads that work on one task together and end with it: reading, hashing and compressing
// keep a core each, and the log stays in order.
import Glibc

enum Workers {
    /// Two: one core's compression feeds one disk, the second hides the waiting.
    static let count = 2

    /// Runs `body` on `count` threads, the caller's among them; returns when all have ended.
    /// Raises the first error.
    static func run(_ count: Int, _ body: @escaping @Sendable () throws -> Void) throws {
        let workers = (0..<max(1, count)).map { _ in Worker(body) }
        let threads = workers.dropFirst().map { $0.start() }
        workers[0].perform()
        for thread in threads { pthread_join(thread, nil) }
        for worker in workers { if let error = worker.error { throw error } }
    }
}

private final class Worker: @unchecked Sendable {
    // Unchecked: `error` is written by one thread and read after that thread was joined.
    private(set) var error: (any Error)?
    private let body: @Sendable () throws -> Void

    init(_ body: @escaping @Sendable () throws -> Void) { self.body = body }

    func perform() {
        do { try body() } catch { self.error = error }
    }

    func start() -> pthread_t {
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { worker in
                Unmanaged<Worker>.fromOpaque(worker!).takeRetainedValue().perform()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(status == 0, "the operating system gives no thread")
        return thread
    }
}

/// Lets threads pass one by one, in the order of their numbers.
final class Turnstile: @unchecked Sendable {
    // Unchecked: `turn` and `isBroken` are touched under `mutex` only; both need a fixed address.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let advance = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var turn = 0
    private var isBroken = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(advance, nil)
    }

    deinit {
        pthread_cond_destroy(advance)
        pthread_mutex_destroy(mutex)
        advance.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` when all lower numbers have passed; nil when one of them failed.
    func pass<Result>(_ number: Int, _ body: () throws -> Result) rethrows -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while turn != number, !isBroken { pthread_cond_wait(advance, mutex) }
        if isBroken { return nil }
        defer {
            turn += 1
            pthread_cond_broadcast(advance)
        }
        return try body()
    }

    /// Nobody passes any more.
    func `break`() {
        pthread_mutex_lock(mutex)
        isBroken = true
        pthread_cond_broadcast(advance)
        pthread_mutex_unlock(mutex)
    }
}

extension Turnstile {
    /// A plain lock of the operating system; the thread sanitizer sees through it.
    final class Lock: @unchecked Sendable {
        // Unchecked: it is a lock.
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

        init() { pthread_mutex_init(mutex, nil) }

        deinit {
            pthread_mutex_destroy(mutex)
            mutex.deallocate()
        }

        func with<Result>(_ body: () throws -> Result) rethrows -> Result {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return try body()
        }
    }

    /// Hands out 0, 1, 2, … to any number of threads.
    final class Counter: @unchecked Sendable {
        // Unchecked: `next` is touched under `lock` only.
        private let lock = Lock()
        private var next = 0

        func take() -> Int {
            lock.with {
                defer { next += 1 }
                return next
            }
        }
    }
}
