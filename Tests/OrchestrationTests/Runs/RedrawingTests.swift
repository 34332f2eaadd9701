// A list that is drawn again and again: when, and never twice at once.
import Model
import Orchestration
import TestSupport
import Testing

@Suite struct RedrawingTests {
    private struct Drawings {
        var count = 0
        var isDrawing = false
        var overlaps = 0
    }

    @Test func `a list is drawn when it rings, else after a second, and never twice at once`()
        async throws
    {
        let clock = VirtualClock()
        let start = clock.now
        let (pauseMin, pauseMax) = (Limits.redrawPauseMin, Limits.redrawPauseMax)
        let (news, bell) = AsyncStream<Int>.makeStream()
        let drawings = Locked(Drawings())
        let watching = Task {
            try await Redrawing(clock: clock).run(on: news) {
                drawings.withLock {
                    $0.overlaps += $0.isDrawing ? 1 : 0
                    $0.isDrawing = true
                }
                for _ in 0..<5 { await Task.yield() }
                drawings.withLock {
                    $0.isDrawing = false
                    $0.count += 1
                }
            }
        }
        await clock.waitUntilAsleep(until: start + pauseMin)
        #expect(drawings.withLock(\.count) == 1)
        // What rings while a drawing is fresh waits until it has stood for its time.
        bell.yield(1)
        clock.advance(by: pauseMin)
        await clock.waitUntilAsleep(until: start + pauseMin * 2)
        #expect(drawings.withLock(\.count) == 2)
        // Nothing rings: the next one is a second after the last.
        clock.advance(by: pauseMin)
        await clock.waitUntilAsleep(until: start + pauseMin + pauseMax)
        #expect(drawings.withLock(\.count) == 2)
        clock.advance(to: start + pauseMin + pauseMax)
        await clock.waitUntilAsleep(until: start + pauseMin + pauseMax + pauseMin)
        #expect(drawings.withLock { $0.count == 3 && $0.overlaps == 0 })
        watching.cancel()
        await #expect(throws: CancellationError.self) { try await watching.value }
    }

    @Test func `what a drawing raises ends it`() async {
        let (news, _) = AsyncStream<Int>.makeStream()
        await #expect {
            try await Redrawing(clock: VirtualClock()).run(on: news) {
                throw Failure(.rehearsed, "no")
            }
        } throws: { ($0 as? Failure)?.code == .rehearsed }
    }
}
