// A plan, a kind and a direction make an itinerary: stages in order, tasks within them and what
// each task waits for. It is a pure function, so `plan show`, the dry run, the report and the run
// agree by nature.
import Model

package struct Itinerary: Sendable {
    package struct Stage: Sendable {
        /// `groups/databases`; the first part of its tasks' ids.
        package let id: String
        package let title: String
        package let tasks: [Task]
        /// All tasks run and every failure is told, before the run is aborted: preflight.
        package let collectsFailures: Bool
        /// Runs after an abort as well: the clean-up of a test.
        package let runsAlways: Bool

        package init(
            id: String, title: String, tasks: [Task], collectsFailures: Bool = false,
            runsAlways: Bool = false
        ) {
            self.id = id
            self.title = title
            self.tasks = tasks
            self.collectsFailures = collectsFailures
            self.runsAlways = runsAlways
        }
    }

    package struct Task: Sendable {
        package enum Work: Sendable {
            /// The engine's own preflight over all vms.
            case check
            case script(CardPath, then: ManualTask?)
            case manual(ManualTask)
            case machine(MachineAct, vm: String)
            /// Another plan, as a run of its own.
            case plan(String)
        }

        /// Names the task in the journal, where it is the branch: `groups/databases/vms/sql01`.
        package let id: String
        package let title: String
        package let work: Work
        /// Ids of tasks of the same stage that come first.
        package let needs: [String]
        package let policy: StepPolicy
        package let side: StepSide
        package let position: SourcePosition?
        /// What undoes it; nil when nothing does.
        package let undo: CardPath?
        /// What the vm will have otherwise.
        package var overrides: MachineOverrides?
        /// How the step ended that this task undoes; nil for every other task.
        let outcome: StepOutcome?

        package init(
            id: String, title: String, work: Work, needs: [String] = [],
            policy: StepPolicy = StepPolicy(), side: StepSide = .recovery,
            position: SourcePosition? = nil, undo: CardPath? = nil, outcome: StepOutcome? = nil
        ) {
            self.id = id
            self.title = title
            self.work = work
            self.needs = needs
            self.policy = policy
            self.side = side
            self.position = position
            self.undo = undo
            self.outcome = outcome
        }

        /// The group it is of; nil for one of the whole plan.
        var group: String? {
            let place = outcome == nil ? id[...] : id.dropFirst(Self.undoRoot.count)
            guard place.hasPrefix("groups/") else { return nil }
            return place.split(separator: "/").dropFirst().first.map(String.init)
        }

        /// Runs after an abort too, and does not hear of it.
        var isCleanUp: Bool { if case .machine(.cleanUp, _) = work { true } else { false } }
    }

    /// What the engine itself does with a vm.
    package enum MachineAct: String, Sendable {
        /// Shut the guest down and send the last changes.
        case shutDown = "shut down"
        /// Fail over, reverse if asked, start.
        case failOver = "fail over"
        case testFailOver = "fail over for a test"
        case cleanUp = "clean up"
        /// Break the chain behind it and make replication run home.
        case turnRound = "turn round"
        /// Give up the points that could still be chosen.
        case complete
        /// Turn it off, bring it to another point, start it.
        case changePoint = "change the point of"
        /// Make the chain behind it again.
        case extendAgain = "extend again"
        /// Undo of having been shut down.
        case startAgain = "start again"
    }

    /// How a step ended that is to be undone.
    package enum StepOutcome: String, Sendable, CaseIterable {
        case done
        /// It failed, or was under way: part of it may be done.
        case failed
    }

    package let stages: [Stage]

    package init(
        plan: RecoveryPlan, kind: FailoverKind, direction: Direction
    ) throws(Failure) {
        let builder = ItineraryBuilder(plan: plan, kind: kind, direction: direction)
        self.init(stages: try builder.stages().filter { !$0.tasks.isEmpty })
    }

    package init(stages: [Stage]) { self.stages = stages }

    package var tasks: [Task] { stages.flatMap(\.tasks) }
}
