// Which points are kept, whatever the cycles and the hours.
import Model
import Testing

@Suite struct PointRetentionTests {
    private func point(
        _ sequence: Int, minute: Int64, _ kind: RecoveryPoint.Kind = .standard
    ) -> RecoveryPoint {
        RecoveryPoint(
            sequence: sequence, generation: 1, kind: kind,
            cutAt: Timestamp(microseconds: minute * 60_000_000))
    }

    private func kept(_ points: [RecoveryPoint], _ count: Int) -> [Int] {
        PointRetention(count: count).kept(of: points).map(\.sequence)
    }

    @Test func `R-11: the latest is kept, and the first of each hour before it`() {
        let points = (0..<30).map { point($0, minute: Int64($0) * 5) }
        #expect(kept(points, 24) == [0, 12, 24, 29])
        #expect(kept(points, 2) == [24, 29])
        #expect(kept(points, 1) == [29])
    }

    @Test func `R-11: the 25th hourly point evicts the oldest`() {
        let points = (0..<25).map { point($0, minute: Int64($0) * 60) }
        #expect(kept(Array(points.dropLast()), 24) == Array(0..<24))
        #expect(kept(points, 24) == Array(1..<25))
    }

    @Test func `R-12: of one hour an application-consistent point stays before a standard one`() {
        let points = [
            point(1, minute: 0), point(2, minute: 10, .appConsistent),
            point(3, minute: 20, .appConsistent), point(4, minute: 30),
        ]
        #expect(kept(points, 24) == [2, 4])
    }

    @Test func `R-11: whatever the cuts, one by one comes to the same as all at once`() {
        for seed in UInt64(0)..<200 {
            var numbers = SeededGenerator(seed: seed)
            let count = Int.random(in: 1...24, using: &numbers)
            var (all, kept): ([RecoveryPoint], [RecoveryPoint]) = ([], [])
            var minute: Int64 = 0
            for sequence in 1...60 {
                minute += Int64.random(in: 0...90, using: &numbers)
                let kind = RecoveryPoint.Kind.allCases.randomElement(using: &numbers)!
                all.append(point(sequence, minute: minute, kind))
                kept = PointRetention(count: count).kept(of: kept + all.suffix(1))
                #expect(kept == PointRetention(count: count).kept(of: all), "seed \(seed)")
                #expect(kept.last == all.last && kept.count <= count, "seed \(seed)")
            }
        }
    }
}
