// `muster failover`: one machine, by hand. Whole sites go by plans, and unattended chains by
// runbooks; this is for the night on which one machine is all there is. Each act is a person's
// decision and is written down before anything is done (F-5).
import ArgumentParser
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store

struct FailoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failover", abstract: "Fails one machine over, by hand.",
        subcommands: [
            Test.self, CleanUp.self, Planned.self, Cancel.self, Unplanned.self, Complete.self,
        ])

    struct Test: LeadCommand {
        static let audience = Audience.tenants
        static let configuration = CommandConfiguration(
            abstract: "Starts a temporary machine from a point, on an isolated network.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen
        @Option(help: "The isolated network; the first of the replica's host.")
        var network: String?
        @Option(name: .customLong("for"), help: "How long it may stand: 30m; until cleaned up.")
        var duration: String?

        func act(_ lead: Lead) async throws -> Value {
            let lab = lead.lab
            try await lead.decide("test failover of \(chosen.vm)", chosen.vm, [.test])
            let machine = try await lab.replication.testFailover(
                chosen.vm, point: chosen.point, network: network,
                duration: try duration.map { text throws(Failure) in try Duration(text: text) },
                proof: chosen.proof)
            try await lab.fabric.start(machine)
            return ["vm": .text(chosen.vm), "test_machine": .text(machine.description)]
        }

        func tell(_ outcome: Value) {
            Terminal.say("\(outcome.word("test_machine")) is running; cycles go on")
            Terminal.say("  muster failover clean-up \(chosen.vm)")
        }
    }

    struct CleanUp: LeadCommand {
        static let audience = Audience.tenants
        static let configuration = CommandConfiguration(
            abstract: "Deletes the temporary machine of a test failover.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The machine.") var vm: String

        func act(_ lead: Lead) async throws -> Value {
            try await lead.requireOwnProtected(vm)
            try await lead.lab.replication.cleanUp(vm)
            return ["vm": .text(vm), "test_machine": .null]
        }

        func tell(_ outcome: Value) { Terminal.say("nothing is left of the test of \(vm)") }
    }

    struct Planned: LeadCommand {
        static let audience = Audience.tenants
        static let configuration = CommandConfiguration(
            abstract: "Shuts down, sends the rest, fails over, reverses, starts. Nothing is lost.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The machine.") var vm: String
        @Flag(inversion: .prefixedNo, help: "Replicate back afterwards.") var reverse = true
        @Flag(inversion: .prefixedNo, help: "Start the machine at the other site.")
        var start = true

        func act(_ lead: Lead) async throws -> Value {
            let (lab, engine) = (lead.lab, lead.lab.replication)
            try await lead.decide(
                "planned failover of \(vm)", vm, reverse ? [.planned, .reverse] : [.planned])
            var protection = try await lab.requireProtected(vm)
            let target = protection.replica
            // A command that died on the way is given again and goes on where the machine stands.
            if ![.preparedForFailover, .failingOver, .failedOverWaitingCompletion]
                .contains(protection.state)
            {
                if reverse { try await engine.checkReversal(vm) }
                try await lab.fabric.stop(protection.primary)
                protection = try await engine.prepare(vm, reverses: reverse)
            }
            if protection.state != .failedOverWaitingCompletion {
                protection = try await engine.failOver(vm, FailoverRequest(.planned))
            }
            if reverse { protection = try await engine.reverse(vm) }
            if start { try await lab.fabric.start(target) }
            return protection.view
        }

        func tell(_ outcome: Value) { Terminal.say(outcome.protectionLine) }
    }

    struct Cancel: LeadCommand {
        static let audience = Audience.tenants
        static let configuration = CommandConfiguration(
            abstract: "Takes a preparation back; the machine may be started again.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The machine.") var vm: String

        func act(_ lead: Lead) async throws -> Value {
            try await lead.requireOwnProtected(vm)
            return try await lead.lab.replication.cancelPreparation(vm).view
        }

        func tell(_ outcome: Value) { Terminal.say(outcome.protectionLine) }
    }

    struct Unplanned: LeadCommand {
        static let audience = Audience.tenants
        static let configuration = CommandConfiguration(
            abstract: "Fails over without the primary, and says first what is lost.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen
        @Option(help: "Why; demanded while the primary answers, and kept.") var reason: String?
        @Flag(help: "Accept the loss that is shown.") var acceptLoss = false
        @Flag(inversion: .prefixedNo, help: "Start the machine at the other site.")
        var start = true

        func run() async throws {
            let lab = try await Composition(options, for: Self.audience)
            let protection = try await lab.requireOwnProtected(chosen.vm)
            try LossConfirmation.confirm(
                [LossConfirmation.row(protection, at: chosen.point, now: lab.clock.now)],
                typing: chosen.vm, accepted: acceptLoss)
            try show(try await performed(in: lab))
        }

        func act(_ lead: Lead) async throws -> Value {
            let (lab, vm) = (lead.lab, chosen.vm)
            try await lead.decide("unplanned failover of \(vm)", vm, [.unplanned], reason)
            let request = FailoverRequest(
                .unplanned, point: chosen.point, reason: reason, proof: chosen.proof)
            let protection = try await lab.replication.failOver(vm, request)
            if start { try await lab.fabric.start(protection.production) }
            return protection.view
        }

        func tell(_ outcome: Value) {
            Terminal.say(outcome.protectionLine)
            Terminal.say("  muster failover complete \(chosen.vm), or choose another --point")
        }
    }

    struct Complete: LeadCommand {
        static let audience = Audience.tenants
        static let configuration = CommandConfiguration(
            abstract: "Keeps the point that was chosen; the others are gone.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The machine.") var vm: String

        func act(_ lead: Lead) async throws -> Value {
            try await lead.decide("complete the failover of \(vm)", vm, [.complete])
            return try await lead.lab.replication.complete(vm).view
        }

        func tell(_ outcome: Value) {
            Terminal.say(outcome.protectionLine)
            Terminal.say("  muster reverse \(vm)")
        }
    }

    /// The machine and its point.
    struct Chosen: ParsableArguments {
        @Argument(help: "The machine.") var vm: String
        @Option(help: "The recovery point, as `muster points` lists them; the latest.")
        var point: Int?
        @Option(help: "Do not prove the disks' content first, for this reason, which is kept.")
        var skipProof: String?

        var proof: ProofPolicy { skipProof.map { .skipped(reason: $0) } ?? .required }
    }
}

struct ReverseCommand: LeadCommand {
    static let audience = Audience.tenants
    static let configuration = CommandConfiguration(
        commandName: "reverse", abstract: "Turns the direction of a machine's replication round.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine.") var vm: String

    func act(_ lead: Lead) async throws -> Value {
        try await lead.decide("reverse \(vm)", vm, [.reverse])
        return try await lead.lab.replication.reverse(vm).view
    }

    func tell(_ outcome: Value) { Terminal.say(outcome.protectionLine) }
}

extension Lead {
    /// Writes the decision down before anything is done. Raises `scope.refused` when the person
    /// lacks a right (F-9) or the machine is another tenant's (S-4), `run.vm_claimed` while a run
    /// works on the machine, and `replication.not_protected`.
    func decide(
        _ what: String, _ vm: String, _ rights: [FailoverRight], _ reason: String? = nil
    ) async throws {
        try lab.configuration.rights.require(rights, of: person.name)
        try await requireOwnProtected(vm)
        if let claim = try lab.store.claims().first(where: { $0.vm == Protection.vm(ofKey: vm) }) {
            throw Failure(
                .vmClaimed,
                "run \(claim.run) works on \(vm); wait for it, or muster abort \(claim.run)",
                context: ["vm": vm, "run": claim.run.description])
        }
        try await lab.store.commit(
            [
                .decided(
                    Decision(
                        who: person.name, what: what, reason: reason, at: lab.clock.now, run: nil))
            ], under: token)
    }
}
