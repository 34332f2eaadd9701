// What holds for every primitive: its name, its words, its example, where it may be called, and
// that a write holds the vm it names.
import LuaRuntime
import Model
import Orchestration
import Testing

@Suite struct CatalogueTests {
    /// The verbs there are; a new one is a decision about the language.
    private static let verbs: Set<String> = [
        "answers", "ask", "attach", "cancel_preparation", "certificate", "clean_up",
        "clear_failover_address", "common_points", "complete", "connect", "connection",
        "continue_as", "credential", "deadline", "deploy", "detach", "drift", "enter_maintenance",
        "error", "export", "extend",
        "failover", "first_copy", "freeze", "get", "host", "hosts", "import_copy",
        "leave_maintenance",
        "loss", "measure", "move", "note",
        "now", "orphans", "output", "override", "pairings", "parallel", "point", "points",
        "preflight", "prepare", "progress",
        "protect", "prove", "reachable", "remove", "replica", "reprotect", "require_rights",
        "restore", "resume", "resync", "retry", "reverse", "run", "select", "set_consistency",
        "set_failover_address", "set_group", "set_guest_address", "set_interval", "set_variable",
        "sign", "sleep", "start", "state", "stop", "stop_transfer", "suspend", "sync", "sync_group",
        "templates", "terms", "test_failover", "variable", "vm", "wait", "wait_until", "warn",
    ]

    private static let namespaces = [
        "fabric", "replication", "plan", "job", "asset", "subscription",
    ]

    @Test func `names are namespace and verb, the verb from the closed list`() {
        for primitive in Catalogue().primitives {
            #expect(Self.namespaces.contains(primitive.namespace))
            #expect(Self.verbs.contains(primitive.verb), "\(primitive.name)")
            #expect(primitive.name == "\(primitive.namespace).\(primitive.verb)")
        }
        #expect(
            Set(Catalogue().primitives.map(\.verb)) == Self.verbs, "a verb is not used any more")
    }

    @Test func `no two primitives have one name, and each is found by it`() {
        let catalogue = Catalogue()
        #expect(Set(catalogue.names).count == catalogue.names.count)
        for name in catalogue.names { #expect(catalogue[name]?.name == name) }
        #expect(catalogue["fabric.try_select"] == nil)
    }

    @Test func `a summary is one sentence in the present tense`() {
        for primitive in Catalogue().primitives {
            let first = primitive.summary.prefix(while: { $0 != " " })
            #expect(
                first.last == "s" && first.first?.isUppercase == true, "\(primitive.name): \(first)"
            )
            #expect(primitive.summary.hasSuffix("."), "\(primitive.name)")
            #expect(!primitive.summary.dropLast().contains(". "), "\(primitive.name): one sentence")
        }
    }

    @Test func `every parameter and option says what it is in a sentence`() {
        for primitive in Catalogue().primitives {
            for parameter in primitive.parameters.flatMap(Self.withOptions) {
                #expect(parameter.summary.hasSuffix("."), "\(primitive.name): \(parameter.name)")
                #expect(parameter.summary.count > 3, "\(primitive.name): \(parameter.name)")
            }
        }
    }

    @Test func `options can be left out unless one of them is needed`() {
        for primitive in Catalogue().primitives {
            for case (let parameter, .record(let fields)) in primitive.parameters.map({
                ($0, $0.type)
            }) {
                #expect(
                    parameter.isRequired == fields.contains(where: \.isRequired),
                    "\(primitive.name): \(parameter.name)")
            }
        }
    }

    @Test func `an example is Lua and calls what it is an example of`() throws {
        for primitive in Catalogue().primitives {
            #expect(primitive.example.contains(primitive.name), "\(primitive.name)")
            #expect(throws: Never.self, "\(primitive.name): \(primitive.example)") {
                try LuaState.checkSyntax(primitive.example, name: primitive.name)
            }
        }
    }

    @Test func `a primitive has a result exactly when it says so`() {
        for primitive in Catalogue().primitives {
            let hasType = if case .any = primitive.result { false } else { true }
            #expect(hasType == !primitive.resultSummary.isEmpty, "\(primitive.name)")
        }
    }

    @Test func `what changes something is called in steps only`() {
        for primitive in Catalogue().primitives where primitive.isWrite {
            #expect(primitive.phases == [.run], "\(primitive.name)")
        }
    }

    @Test func `whatever is called in a card only looks`() {
        for primitive in Catalogue().primitives where primitive.phases.contains(.card) {
            guard case .reads = primitive.effect else {
                Issue.record("\(primitive.name) \(primitive.effect.word)")
                continue
            }
        }
    }

    @Test func `time and people are not asked while a card is read`() {
        for name in ["job.now", "job.deadline", "job.sleep", "job.ask", "job.note"] {
            #expect(Catalogue()[name]?.phases.contains(.card) == false, "\(name)")
        }
    }

    @Test func `a write that names a vm names it first, so that the run holds it`() {
        for primitive in Catalogue().primitives where primitive.isWrite {
            let namesVM = primitive.parameters.contains {
                if case .vm = $0.type { true } else { false }
            }
            guard namesVM else { continue }
            guard case .vm? = primitive.parameters.first?.type else {
                Issue.record("\(primitive.name) does not name its vm first")
                continue
            }
        }
    }

    @Test func `a primitive that names a vm says that the name may be unknown`() {
        for primitive in Catalogue().primitives {
            guard case .vm? = primitive.parameters.first?.type else { continue }
            #expect(primitive.raises.contains(.unknownName), "\(primitive.name)")
        }
    }

    @Test func `what can be done once only has a reader that tells whether it was`() {
        for primitive in Catalogue().primitives where primitive.namespace == "replication" {
            // Stopped twice is stopped once: nothing is under way then.
            if primitive.verb == "stop_transfer" { continue }
            if case .repeatable = primitive.effect { Issue.record("\(primitive.name)") }
            if case .unknowable = primitive.effect { Issue.record("\(primitive.name)") }
        }
    }

    private static func withOptions(_ parameter: Parameter) -> [Parameter] {
        if case .record(let fields) = parameter.type { [parameter] + fields } else { [parameter] }
    }
}
