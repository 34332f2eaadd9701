// A sequence is drawn, told again, and shrunk when it fails.
import Model

@testable import Replication

struct ModelSequence: Sendable {
    let seed: UInt64
    var steps: [ModelStep] = []
    var seen: Set<ProtectionState> = []
    /// What was found broken, after the last of the steps.
    var broken: Broken?

    /// Draws steps as the world comes by, up to `count`; stops at the first that breaks it.
    static func draw(
        seed: UInt64, count: Int, _ mutation: Mutation = Mutation()
    ) async throws -> ModelSequence {
        var sequence = ModelSequence(seed: seed)
        var generator = StepGenerator(seed: seed)
        let world = try await ModelWorld(seed: seed, mutation)
        do {
            for _ in 0..<count {
                let step = generator.next(await world.states)
                sequence.steps.append(step)
                try await world.perform(step)
            }
            try await world.comeBack()
        } catch { sequence.broken = Broken(of: error) }
        sequence.seen = world.ledger.seen
        return sequence
    }

    /// The same steps in a new world; nil when nothing breaks.
    func retold(_ mutation: Mutation) async throws -> Broken? {
        let world = try await ModelWorld(seed: seed, mutation)
        do {
            for step in steps { try await world.perform(step) }
            try await world.comeBack()
            return nil
        } catch { return Broken(of: error) }
    }

    /// Drops halves, quarters, … and single steps, and the deaths and second verbs of those that
    /// stay, as long as the sequence still fails.
    func shrunk(_ mutation: Mutation = Mutation()) async throws -> ModelSequence {
        var least = self
        var length = max(1, steps.count / 2)
        while true {
            var start = 0
            while start < least.steps.count {
                var less = least
                less.steps.removeSubrange(start..<min(start + length, less.steps.count))
                less.broken = try await less.retold(mutation)
                if less.broken == nil { start += length } else { least = less }
            }
            if length == 1 { break }
            length /= 2
        }
        for index in least.steps.indices {
            for plainer in least.steps[index].plainer {
                var less = least
                less.steps[index] = plainer
                less.broken = try await less.retold(mutation)
                if less.broken != nil { least = less }
            }
        }
        return least
    }

    var story: String {
        let lines = steps.enumerated().map { "  \($0 + 1). \($1)" }
        return "seed \(seed)\n" + lines.joined(separator: "\n") + "\n  "
            + (broken?.description ?? "nothing is broken")
    }
}

extension ModelStep {
    /// The same without what makes it more than a verb.
    fileprivate var plainer: [ModelStep] {
        var steps: [ModelStep] = []
        var less = self
        if death != nil {
            less.death = nil
            steps.append(less)
        }
        if meanwhile != nil {
            less = self
            less.meanwhile = nil
            steps.append(less)
        }
        return steps
    }
}

extension Broken {
    /// What a look at the world could not tell for an error is broken too.
    fileprivate init(of error: any Error) {
        self = error as? Broken ?? Broken(description: "nobody can tell: \(error)")
    }
}
