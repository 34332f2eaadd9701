// One step of a random sequence, as a value: a step that is dropped leaves the meaning of the
// others as it was, so that a failing sequence can be shrunk and told again.
import Model

struct ModelStep: Sendable, CustomStringConvertible {
    enum Act: String, Sendable, CaseIterable {
        // Guests
        case write, start, stop, pass, grow, addMemory
        // Verbs
        case protect, protectSealed, serve, firstCopy, sync, suspend, resume, resync, putOffResync
        case prepare, cancelPreparation, failOver, failBack, failOverUnplanned, changePoint
        case complete, reverse, test, cleanUp, reprotect, groupCycle, joinGroup, remove
        // Faults
        case cutSite, loseSite, healSite, spoilLine, mendLine, fillDisk, freeDisk, setWindow
        case damageFile, foreignWrite, uncleanEnd, takeKey, giveKey

        /// What a person or a schedule asks of one protection.
        static let verbs: [Act] = [
            .firstCopy, .sync, .suspend, .resume, .resync, .prepare, .cancelPreparation, .failOver,
            .failBack, .failOverUnplanned, .changePoint, .complete, .reverse, .test, .cleanUp,
            .reprotect, .groupCycle, .remove,
        ]
    }

    enum Death: String, Sendable, CaseIterable {
        case before = "dies before", after = "dies after", powerCut = "loses power before"
    }

    var act: Act
    /// A machine's name, or the key of its extended relationship.
    var machine: String
    /// Chooses block, point, site or file, each by its remainder.
    var number: Int
    var death: Death?
    /// The change at which death comes, of those that count.
    var deathAt = 0
    /// What changes count; nil counts all.
    var deathAmong: Life.Part?
    /// What somebody else asks of the same protection while this is done.
    var meanwhile: Act?

    /// The second of two verbs at once.
    var second: ModelStep? {
        meanwhile.map { ModelStep(act: $0, machine: machine, number: number / 3) }
    }

    var name: String { String(machine.prefix { $0 != ":" }) }
    var isExtended: Bool { machine.contains(":") }

    func isAsked(_ act: Act) -> Bool { self.act == act || meanwhile == act }

    var description: String {
        let part = deathAmong.map { " of \($0.rawValue)" } ?? ""
        let end = death.map { ", \($0.rawValue) change \(deathAt)\(part)" } ?? ""
        let other = meanwhile.map { ", while \($0.rawValue) is asked too" } ?? ""
        return "\(act.rawValue) \(machine) \(number)\(end)\(other)"
    }
}

/// Draws steps that fit the state of a machine more often than not.
struct StepGenerator {
    private var generator: SeededGenerator
    /// Every other sequence stays in replication for long: hours of points arise, and are thinned.
    private let isSteady: Bool

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        isSteady = seed % 2 == 1
    }

    mutating func next(_ states: [String: ProtectionState]) -> ModelStep {
        let machine = ["vm", "vm", "vm", "db", "vm:extended"].randomElement(using: &generator)!
        let state = states[machine] ?? .disabled
        let fitting = isSteady && state == .replicating ? Self.steady : Self.acts(in: state)
        let acts: [ModelStep.Act] =
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<12: fitting
            case 12..<17: Self.guestActs
            case 17: Self.healing
            case 18 where isSteady: fitting
            default: ModelStep.Act.allCases
            }
        var step = ModelStep(
            act: acts.randomElement(using: &generator)!, machine: machine,
            number: Int.random(in: 0..<10_000, using: &generator))
        if Int.random(in: 0..<4, using: &generator) == 0 { drawDeath(of: &step) }
        let verbs = ModelStep.Act.verbs
        if verbs.contains(step.act), Int.random(in: 0..<8, using: &generator) == 0 {
            step.meanwhile = verbs.randomElement(using: &generator)
        }
        return step
    }

    /// Anywhere, early, or among the changes of one part, which are few in any verb.
    private mutating func drawDeath(of step: inout ModelStep) {
        step.death = ModelStep.Death.allCases.randomElement(using: &generator)
        step.deathAt = Int.random(in: 0..<60, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: step.deathAt %= 8
        case 1:
            step.deathAmong = Life.Part.allCases.randomElement(using: &generator)
            step.deathAt %= step.deathAmong == .undo ? 20 : 6
        default: break
        }
    }

    private static let guestActs: [ModelStep.Act] = [.write, .write, .write, .start, .pass]
    private static let steady: [ModelStep.Act] = [
        .sync, .sync, .sync, .sync, .sync, .serve, .pass, .pass, .groupCycle, .test,
    ]
    private static let healing: [ModelStep.Act] = [
        .healSite, .mendLine, .freeDisk, .giveKey, .takeKey,
    ]

    private static func acts(in state: ProtectionState) -> [ModelStep.Act] {
        switch state {
        case .disabled: [.protect, .protect, .protectSealed, .start, .write]
        case .readyForInitialReplication, .initialReplication: [.firstCopy, .firstCopy, .serve]
        case .replicating:
            [
                .sync, .sync, .sync, .groupCycle, .joinGroup, .suspend, .prepare, .prepare,
                .failOverUnplanned, .test, .cleanUp, .resync, .serve,
            ]
        case .error: [.sync, .serve, .failOverUnplanned, .suspend]
        case .suspended: [.resume, .resume, .failOverUnplanned]
        case .waitingForResync: [.sync, .resync, .suspend, .putOffResync, .reprotect, .serve]
        case .resyncing: [.resync, .suspend, .sync]
        case .resyncSuspended: [.resume]
        case .preparedForFailover:
            [.failOver, .failBack, .failOver, .cancelPreparation, .failOverUnplanned]
        case .failingOver, .failingBack: [.failOver, .failOverUnplanned]
        case .failedOverWaitingCompletion: [.changePoint, .complete, .reverse, .start, .write]
        case .failedOver: [.reverse, .reverse, .start, .write]
        }
    }
}
