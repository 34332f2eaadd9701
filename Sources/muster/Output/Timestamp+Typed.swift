// Times as people type them.
import Foundation
import Model

extension Timestamp {
    /// Reads `22:00`, the next time it is that late in UTC, or an instant of ISO 8601.
    ///
    /// Raises `usage.invalid`.
    init(typed text: String, now: Timestamp) throws(Failure) {
        let day: Int64 = 86_400_000_000
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, let hour = Int64(parts[0]), let minute = Int64(parts[1]),
            0..<24 ~= hour, 0..<60 ~= minute
        {
            let midnight = now.microseconds / day * day
            let today = midnight + (hour * 60 + minute) * 60_000_000
            self.init(microseconds: today > now.microseconds ? today : today + day)
            return
        }
        guard let date = try? Date(text, strategy: .iso8601) else {
            throw Failure(
                .usage, "'\(text)' is no time; write 22:00, or 2026-03-01T22:00:00Z")
        }
        self.init(microseconds: Int64(date.timeIntervalSince1970 * 1_000_000))
    }
}
