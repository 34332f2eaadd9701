// A command that only the leader of a lab may do. Where nobody leads, this process takes the lead
// for as long as the command needs it; where an engine serves, that engine is asked to do it, and
// this process shows what came of it.
//
//     parse ─▶ lead free? ── yes ─▶ act here ────────────────▶ show
//                  │ no                                          ▲
//                  └─▶ an engine serves? ── yes ─▶ it acts ──────┘
//                              │ no
//                              └─▶ refused: says who has the lead
import ArgumentParser
import Foundation
import Model
import Orchestration
import Store

protocol LeadCommand: AsyncParsableCommand {
    var options: LabOptions { get }
    /// The work. Prints nothing: it may be done in another process than the one that shows it.
    func act(_ lead: Lead) async throws -> Value
    /// Shows a person what came of it.
    func tell(_ outcome: Value) throws
    /// Shows what came of it, to a person or a program.
    func show(_ outcome: Value) throws
    /// Shows how far it has come; nothing, unless a command says otherwise.
    func tell(progress: Value)
    /// The part of the outcome that a program is given.
    func json(_ outcome: Value) -> Value
}

extension LeadCommand {
    func run() async throws { try show(try await performed(in: await Composition(options))) }

    func tell(progress: Value) {}
    func json(_ outcome: Value) -> Value { outcome }

    func show(_ outcome: Value) throws {
        if options.json { return Terminal.say(json: json(outcome)) }
        try tell(outcome)
    }

    /// Done, here or by the engine that serves.
    func performed(in lab: Composition) async throws -> Value {
        switch try await lab.lead() {
        case .taken(let lease):
            defer { lease.release() }
            return try await act(try await Lead(of: lab, lease.token, options, tell: shownProgress))
        case .served(let engine):
            return try await engine.perform(LeadRequest(options), tell: shownProgress)
        }
    }

    /// Progress is for a person who looks on.
    var shownProgress: @Sendable (Value) -> Void {
        guard !options.json, Terminal.isLive else { return { _ in } }
        let command = self
        // A parsed command is not declared Sendable; it is a value that nobody changes any more.
        nonisolated(unsafe) let teller = command
        return { teller.tell(progress: $0) }
    }
}

/// What an act has to work with.
struct Lead: Sendable {
    let lab: Composition
    let token: LeaseToken
    /// Who asked for it.
    let person: Person
    /// Where the person stands: what a relative path begins at.
    let directory: String
    /// Whether this is an engine that serves: it executes runs beside the act.
    let isServing: Bool
    let tell: @Sendable (Value) -> Void

    /// The lead of this process, for the person who typed the command.
    init(
        of lab: Composition, _ token: LeaseToken, _ options: LabOptions,
        tell: @escaping @Sendable (Value) -> Void
    ) async throws {
        self.lab = lab
        self.token = token
        person = try lab.person(options)
        directory = FileManager.default.currentDirectoryPath
        isServing = false
        self.tell = tell
    }

    /// The lead of an engine that serves, for somebody in another process.
    init(
        of lab: Composition, _ token: LeaseToken, for request: LeadRequest,
        tell: @escaping @Sendable (Value) -> Void
    ) async throws {
        self.lab = lab
        self.token = token
        person = try lab.configuration
            .person(named: request.actor, isExplicit: request.isExplicit)
        directory = request.directory
        isServing = true
        self.tell = tell
    }

    /// A path as the person typed it, from where he stands.
    func path(_ typed: String) -> String {
        typed.hasPrefix("/") ? typed : "\(directory)/\(typed)"
    }
}

/// The lead of a lab: ours, or that of an engine that can be asked.
enum LeadHolder {
    case taken(Lease)
    case served(LeadSocket.Engine)
}

extension Composition {
    /// Takes the lead, or finds the engine that serves; raises `store.lease_held`, saying who has
    /// it, when that is another command.
    func lead() async throws -> LeadHolder {
        do {
            return .taken(try await takeLead())
        } catch let failure as Failure where failure.code == .leaseHeld {
            guard let engine = try LeadSocket.engine(of: folder) else { throw failure }
            return .served(engine)
        }
    }
}
