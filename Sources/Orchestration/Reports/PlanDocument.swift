// A recovery plan in plain words, for somebody who has never seen it (Q-3): what it is for, whom to
// call, what happens in which order and why, who is asked, where the machines go, and what to do
// when it fails. Made from the source and the fabric as it stands each time, so that it cannot
// outlive either.
import Fabric
import LuaRuntime
import Model
import Store

struct PlanDocument {
    let name: String
    let plan: RecoveryPlan
    /// Digest of the plan's own text.
    let digest: Digest
    /// What each kind does.
    let itineraries: [(kind: FailoverKind, itinerary: Itinerary)]
    let standings: [String: MachineStanding]
    let sites: [Site]
    let free: [NetworkName: Int]

    var document: Document {
        Document(
            plan.summary,
            purpose + contacts + objectives + kinds + order + steps + questions + machines
                + troubles + practice)
    }

    private var purpose: [Document.Block] {
        let vms = plan.vms.count
        let brings = vms == 1 ? "1 machine" : "\(vms) machines"
        return [
            .paragraph(
                "This is the recovery plan \(name). It brings \(brings) from \(plan.source) to "
                    + "\(plan.target), and home again. Nothing in it begins by itself: a person "
                    + "starts it, and is told of every step."),
            .paragraph(
                "It was written out from its source, SHA-256 \(digest). When the source has "
                    + "changed, write it out anew: muster plan document \(name)"),
        ]
    }

    private var contacts: [Document.Block] {
        let part = Document.Block.part("Whom to call")
        if plan.contacts.isEmpty {
            return [part, .paragraph("The plan names nobody. Its author can: contacts = { … }.")]
        }
        let rows = plan.contacts.map { contact in
            [contact.name, contact.role ?? "", contact.phone ?? "", contact.mail ?? ""]
        }
        return [part, .table(["who", "for what", "phone", "mail"], rows)]
    }

    private var objectives: [Document.Block] {
        let lines = [
            plan.objective.rto.map { "The service is away for \($0.text) at the most." },
            plan.objective.rpo.map { "What was written in the last \($0.text) may be lost." },
        ].compactMap(\.self)
        return [
            .part("What was promised"),
            lines.isEmpty ? .paragraph("Nothing was promised.") : .list(lines),
        ]
    }

    private var kinds: [Document.Block] {
        let back = "\(plan.target) to \(plan.source)"
        return [
            .part("How it is run"),
            .table(
                ["when", "what is typed", "what happens"],
                [
                    [
                        "\(plan.source) works, and is to be left",
                        "muster run \(name) --kind planned",
                        "machines are shut down and sent whole: nothing is lost",
                    ],
                    [
                        "\(plan.source) is gone", "muster run \(name) --kind unplanned",
                        "nothing is shut down; what was not sent is lost, and shown before",
                    ],
                    [
                        "\(plan.source) is well again", "muster run \(name) --kind failback",
                        "the same way home, from \(back)",
                    ],
                    [
                        "a drill", "muster run \(name) --kind test",
                        "doubles on an isolated network; the service goes on meanwhile",
                    ],
                ]),
            .paragraph("What a run would do, take and lose is told without touching anything:"),
            .commands(["muster run \(name) --kind planned --dry-run"]),
        ]
    }

    private var order: [Document.Block] {
        let groups = plan.groups.map { group in
            "\(group.name): \(group.members.map(\.vm).joined(separator: ", "))"
        }
        let needs = plan.dependencies.sorted { $0.key < $1.key }.map { vm, needed in
            "\(vm) needs \(needed.joined(separator: " and ")), so it starts after and stops before."
        }
        let down = plan.shutdown.order.joined(separator: ", then ")
        return [
            .part("What is recovered, in which order"),
            .paragraph("A group begins when the one before it is up; its machines go together."),
            .list(groups, isNumbered: true),
            .paragraph("Shutting down goes by groups too: \(down)."),
        ] + (needs.isEmpty ? [] : [.paragraph("Why in this order:"), .list(needs)])
    }

    private var machines: [Document.Block] {
        let rows = plan.members.map { member -> [String] in
            let standing = standings[member.vm]
            let (now, then) = (standing?.production, standing?.replica)
            let cards = standing?.cards(at: sites, free) ?? []
            return [
                member.vm, now.map { "\($0.id.site), \($0.host)" } ?? "not known",
                then.map { "\($0.id.site), \($0.host)" } ?? "not replicated",
                cards.isEmpty ? "–" : cards.joined(separator: "; "),
                member.overrides?.words ?? "–",
            ]
        }
        return [
            .part("Where the machines go"),
            .paragraph("As things stand when this is written: the fabric was asked."),
            .table(
                ["machine", "is at", "comes to", "network and address", "otherwise there"], rows),
        ]
    }
}
