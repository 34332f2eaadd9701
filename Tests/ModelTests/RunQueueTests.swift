// The queue in virtual time: whoever waits has his turn, however many come behind him.
import Model
import Testing

@Suite struct RunQueueTests {
    private static func run(
        _ id: Int64, _ name: String = "a", scope: String? = nil, atOnce: Int? = nil, turn: Int = 0
    ) -> RunInQueue {
        RunInQueue(
            id: RunID(id), name: name, scope: scope, atOnce: atOnce,
            turn: Timestamp(microseconds: Int64(turn)))
    }

    private static func begun(_ waiting: [RunInQueue], _ running: [RunInQueue], _ slots: RunSlots)
        -> [Int64]
    {
        RunQueue(waiting: waiting, running: running).beginning(within: slots).map(\.id.number)
    }

    @Test func `the earliest turn goes first, and no more begin than there is room for`() {
        let waiting = [Self.run(3, turn: 9), Self.run(1, turn: 7), Self.run(2, turn: 7)]
        #expect(Self.begun(waiting, [Self.run(8)], RunSlots(inAll: 3)) == [1, 2])
        #expect(Self.begun(waiting, [Self.run(8)], RunSlots(inAll: 1)) == [])
    }

    @Test func `who has no place is passed over by those who have`() {
        let waiting = [
            Self.run(1, "full", atOnce: 1, turn: 1), Self.run(2, scope: "contoso", turn: 2),
            Self.run(3, scope: "contoso", turn: 3), Self.run(4, scope: "fabrikam", turn: 4),
            Self.run(5, "one", atOnce: 1, turn: 5), Self.run(6, "one", atOnce: 1, turn: 6),
        ]
        let running = [Self.run(9, "full"), Self.run(8, scope: "contoso")]
        #expect(Self.begun(waiting, running, RunSlots(inScope: 2, inAll: 100)) == [2, 4, 5])
    }

    /// One place for everything and more work than it can do, most of it high: each low run still
    /// begins, passed by those only that came within its hour.
    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `B-9: no priority starves another, whatever arrives`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var arrivals: [UInt64: (RunPriority, Int)] = [:]
        var waiting: [RunInQueue] = []
        var order: [Int64] = []
        // A run takes a minute, and a little more than one comes in a minute.
        for minute in 0..<2_000 {
            for _ in 0..<Int.random(in: 0...2, using: &generator) + minute % 2 {
                let id = UInt64(arrivals.count + 1)
                let priority: RunPriority =
                    Int.random(in: 0..<10, using: &generator) == 0 ? .low : .high
                arrivals[id] = (priority, minute)
                let turn = minute * 60_000_000 - Int(priority.headStart.microseconds)
                waiting.append(Self.run(Int64(id), turn: turn))
            }
            let next = RunQueue(waiting: waiting, running: [])
                .beginning(within: RunSlots(inAll: 1))
            order += next.map(\.id.number)
            waiting.removeAll { next.contains($0) }
        }
        let places = Dictionary(uniqueKeysWithValues: zip(order, 0...))
        for (id, (priority, minute)) in arrivals where priority == .low {
            let passing = arrivals.filter { other, arrival in
                arrival.1 > minute + 60
                    && (places[Int64(other)] ?? .max) < (places[Int64(id)] ?? .max)
            }
            #expect(passing.isEmpty, "seed \(seed): run \(id) of minute \(minute)")
        }
        let lows = arrivals.filter { $0.value.0 == .low && $0.value.1 < 900 }
        #expect(lows.keys.allSatisfy { places[Int64($0)] != nil }, "seed \(seed)")
    }
}
