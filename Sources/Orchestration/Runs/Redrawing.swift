// Drawing again what may have changed: when the bell rings for news, and when time has passed, for
// ages grow by themselves. One loop draws, so that two drawings never mix; rings that come while it
// draws, or faster than anybody reads, come to one drawing.
import Model

package struct Redrawing: Sendable {
    private let clock: any WallClock

    package init(clock: any WallClock) { self.clock = clock }

    /// Draws at once and again until its task is cancelled or `draw` raises, and raises that.
    package func run<News: Sendable>(
        on news: AsyncStream<News>, draw: () async throws -> Void
    ) async throws {
        let bell = Bell()
        let listening = Task {
            for await _ in news { bell.ring() }
        }
        defer { listening.cancel() }
        while true {
            let heard = bell.count
            try await draw()
            let drawnAt = clock.now
            try await clock.sleep(until: drawnAt + Limits.redrawPauseMin)
            try await bell.wait(
                after: heard, until: drawnAt + Limits.redrawPauseMax, clock: clock)
        }
    }
}
