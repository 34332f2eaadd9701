// What a person of the house sees, who sees all: for tests that are not about whose things are.
import Model
import Orchestration
import Store

extension Orchestrator {
    package func run(_ id: RunID) throws -> RunRecord { try run(id, for: World.eva) }

    package func runs(limit: Int) throws -> [RunRecord] {
        try runs(for: World.eva, limit: limit)
    }

    package func report(_ id: RunID) throws -> RunReport { try report(id, for: World.eva) }

    package func question(_ id: QuestionID) throws -> Question {
        try question(id, for: World.eva)
    }

    package func openQuestions(limit: Int) throws -> [Question] {
        try openQuestions(for: World.eva, limit: limit)
    }
}
