// Leads one run in this process, or looks on while another does, shows it, and turns its end into
// the exit code.
import Model
import Orchestration
import Store

struct RunLeading {
    let lab: Composition
    let options: LabOptions
    let noWait: Bool

    /// Leads until the run has ended or is put aside; with `noWait`, until it waits for a person.
    func lead(_ id: RunID, _ token: LeaseToken) async throws {
        let notices = try lab.notifier.listen()
        let view = try view(of: id)
        let watching = Task { [notifier = lab.notifier] in
            try view.refresh()
            for await notice in try notifier.listen() where notice.run == id || notice == .missed {
                try view.refresh()
            }
        }
        let answering = Task { try await view.answer() }
        defer {
            watching.cancel()
            answering.cancel()
        }
        let run: RunRecord
        if noWait {
            run = try await lab.orchestrator.settle(id, under: token)
        } else {
            run = try await lab.orchestrator.lead(
                id, under: token, notices: notices, leavesSuspended: true)
        }
        watching.cancel()
        try conclude(run, view)
    }

    /// Leads the run that the command begins; where an engine serves, that one leads it.
    func lead(by command: some LeadCommand) async throws {
        switch try await lab.lead() {
        case .taken(let lease):
            defer { lease.release() }
            let begun = try await command.act(lab.lead(under: lease.token, for: options))
            try await lead(RunID(begun["run"]?.integer ?? 0), lease.token)
        case .served(let engine):
            let begun = try await engine.perform(LeadRequest(options)) { _ in }
            try await watch(RunID(begun["run"]?.integer ?? 0))
        }
    }

    /// Looks on until the run has ended or is put aside; with `noWait`, until it waits for a
    /// person.
    func watch(_ id: RunID) async throws {
        let notices = try lab.notifier.listen()
        let view = try view(of: id)
        try view.refresh()
        if let run = try settled(id) { return try view.conclude(run) }
        let answering = Task { try await view.answer() }
        defer { answering.cancel() }
        for await notice in notices where notice.run == id || notice == .missed {
            try view.refresh()
            if let run = try settled(id) { return try view.conclude(run) }
        }
    }

    /// Whoever sits at a terminal may answer there, when the command stays for the answer.
    private func view(of id: RunID) throws -> RunView {
        let isAsking = Terminal.isInteractive && !options.json && !noWait
        return RunView(
            lab: lab, run: id, options: options, person: isAsking ? try lab.person(options) : nil)
    }

    /// The run, when there is nothing more to look on at.
    private func settled(_ id: RunID) throws -> RunRecord? {
        let run = try lab.store.run(id)
        switch run.state {
        case .completed, .failed, .aborted, .stopped, .suspended: return run
        case .waiting: return noWait ? run : nil
        case .queued, .running: return nil
        }
    }

    private func conclude(_ run: RunRecord, _ view: RunView) throws {
        try view.refresh()
        try view.conclude(run)
    }
}
