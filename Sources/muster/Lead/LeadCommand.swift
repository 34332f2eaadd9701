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
    /// Whom it is for; the house unless it says so.
    static var audience: Audience { get }
    var options: LabOptions { get }
    /// The work. Prints nothing: it may be done in another process than the one that shows it.
    func act(_ lead: Lead) async throws -> Value
    /// Shows a person what came of it.
    func tell(_ outcome: Value) throws
    /// Shows what came of it, to a person or a program.
    func show(_ outcome: Value) throws
}

extension LeadCommand {
    static var audience: Audience { .house }

    func run() async throws {
        try show(try await performed(in: await Composition(options, for: Self.audience)))
    }

    func show(_ outcome: Value) throws {
        if options.json { return Terminal.say(json: outcome) }
        try tell(outcome)
    }

    /// Done, here or by the engine that serves. A person who looks on sees how far it has come.
    func performed(in lab: Composition) async throws -> Value {
        let line = ProgressLine(isShown: !options.json && Terminal.isLive)
        defer { line.wipe() }
        switch try await lab.lead() {
        case .taken(let lease):
            defer { lease.release() }
            return try await act(
                try lab.lead(under: lease.token, for: options) { line.show($0) })
        case .served(let engine):
            return try await engine.perform(LeadRequest(options)) { line.show($0) }
        }
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

    /// This process leads, for the person who typed the command.
    func lead(
        under token: LeaseToken, for options: LabOptions,
        tell: @escaping @Sendable (Value) -> Void = { _ in }
    ) throws -> Lead {
        Lead(
            lab: self, token: token, person: try person(options),
            directory: FileManager.default.currentDirectoryPath, isServing: false, tell: tell)
    }
}
