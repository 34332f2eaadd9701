// What crosses between two sites in a second: a bucket into which every piece goes before it is
// sent, shared by all machines of the pair. A piece passes when the time its bytes take is over, so
// that the limit holds from the first byte on and no burst saves itself up.
import Model

/// When the next byte may cross. Pure: the time is given.
struct TokenBucket: Sendable {
    let bytesPerSecond: Int64
    private var freeAt: Timestamp?

    init(bytesPerSecond: Int64) { self.bytesPerSecond = bytesPerSecond }

    /// Takes `bytes` and returns the instant at which they have crossed.
    mutating func take(_ bytes: Int, now: Timestamp) -> Timestamp {
        let start = max(freeAt ?? now, now)
        let end = start + .microseconds(Int64(bytes) * 1_000_000 / bytesPerSecond)
        freeAt = end
        return end
    }
}

/// The bucket of one pair of sites.
final class Bandwidth: Sendable {
    private let bucket: Locked<TokenBucket>
    /// A piece takes a quarter of a second at most, so that several machines share fairly.
    let pieceBytes: Int

    init(bytesPerSecond: Int64) {
        bucket = Locked(TokenBucket(bytesPerSecond: bytesPerSecond))
        pieceBytes = Int(min(max(bytesPerSecond / 4, 4096), Int64(Limits.pieceBytesMax)))
    }

    /// Returns when `bytes` more may have crossed.
    func pass(_ bytes: Int, _ clock: any WallClock) async throws {
        try await clock.sleep(until: bucket.withLock { $0.take(bytes, now: clock.now) })
    }
}
