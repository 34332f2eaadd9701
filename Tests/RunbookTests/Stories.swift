// Stories that are told from seeds, two side by side, each in a lab of its own. Of one that breaks
// the seed is told, and the next one is begun.
import Foundation
import Testing

struct Stories {
    private static let strands: UInt64 = 2

    private let seeds: [UInt64]

    /// MUSTER_NAME_SEEDS says how many, `count` unless it does; MUSTER_NAME_SEED the first one.
    init(_ name: String, count: Int) {
        let given = ProcessInfo.processInfo.environment
        let count = given["MUSTER_\(name)_SEEDS"].flatMap(UInt64.init) ?? UInt64(count)
        let first = given["MUSTER_\(name)_SEED"].flatMap(UInt64.init) ?? 1
        seeds = (0..<count).map { first + $0 }
    }

    func tell(_ story: @escaping @Sendable (UInt64) async throws -> Void) async {
        await withTaskGroup { group in
            for strand in 0..<Self.strands {
                group.addTask {
                    for seed in seeds where seed % Self.strands == strand {
                        do {
                            try await story(seed)
                        } catch {
                            Issue.record("seed \(seed): \(error)")
                        }
                    }
                }
            }
        }
    }
}
