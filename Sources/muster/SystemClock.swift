// The machine's clock.
import Foundation
import Model

struct SystemClock: WallClock {
    var now: Timestamp {
        Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    func sleep(until deadline: Timestamp) async throws {
        let pause = deadline - now
        if pause > .zero { try await Task.sleep(for: pause) }
    }
}
