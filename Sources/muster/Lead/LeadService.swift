// The engine's side of the socket: takes requests, does each as the command that it names, and says
// what came of it. A request whose asker has gone is done all the same: what was begun is finished.
import ArgumentParser
import Fabric
import Model
import Orchestration
import ServiceLifecycle
import Store

struct LeadService: Service {
    let lab: Composition
    let token: LeaseToken

    func run() async throws {
        let listener = try LeadSocket.listen(in: lab.folder)
        // A thread of its own waits: it would hold one of those that work on disks.
        let threads = BlockingThreads(count: 1)
        try await withThrowingDiscardingTaskGroup { group in
            // A service beside it that fails cancels this one, which must not wait on for ever.
            try await withTaskCancellationOrGracefulShutdownHandler {
                while let connection = try await threads.run({ listener.accept() }) {
                    group.addTask { await answer(connection) }
                }
            } onCancelOrGracefulShutdown: {
                listener.stop()
            }
        }
    }

    private func answer(_ connection: LineConnection) async {
        let threads = BlockingThreads.shared
        do {
            guard let line = try await threads.run({ try connection.receive() }) else { return }
            let answer =
                if line == LeadRequest.presence {
                    LeadAnswer.outcome(.null)
                } else {
                    await perform(line) { progress in
                        try? connection.send(LeadAnswer.progress(progress).line)
                    }
                }
            try await threads.run { try connection.send(answer.line) }
        } catch {
            // Nobody is there any more to be told.
            return
        }
    }

    private func lead(
        for request: LeadRequest, _ tell: @escaping @Sendable (Value) -> Void
    ) throws -> Lead {
        let person = try lab.configuration
            .person(named: request.actor, isExplicit: request.isExplicit)
        return Lead(
            lab: lab, token: token, person: person, directory: request.directory,
            isServing: true, tell: tell)
    }

    private func perform(
        _ line: String, tell: @escaping @Sendable (Value) -> Void
    ) async -> LeadAnswer {
        do {
            let request = try LeadRequest(line: line)
            guard request.version == Muster.version else {
                throw Failure(
                    .leaseHeld,
                    "the engine that serves this lab is Muster \(Muster.version), and you are "
                        + "\(request.version); stop it and start it anew with yours")
            }
            guard let command = try Muster.parseAsRoot(request.arguments) as? any LeadCommand
            else { throw Failure(.usage, "that command is none of the engine's") }
            let lead = try lead(for: request, tell)
            if type(of: command).audience == .house {
                try await lab.orchestrator
                    .requireHouse(lead.person, for: LabOptions.act(request.arguments))
            }
            // What failed may have been done in part.
            defer { lab.notifier.notify(Notice(.labChanged)) }
            return .outcome(try await command.act(lead))
        } catch let failure as Failure {
            return .failure(failure)
        } catch {
            return .failure(Failure(.usage, "\(Muster.message(for: error))"))
        }
    }
}
