// `muster help WORD`: every primitive and every word of a card has a page, and a page says it all.
import Model
import Orchestration
import Testing

@Suite struct ManualTests {
    @Test func `every word has a page`() {
        for word in Manual().words {
            #expect(Manual().page(for: word)?.isEmpty == false, "\(word)")
        }
        #expect(Manual().page(for: "fabrik") == nil)
    }

    @Test func `every primitive, namespace and part of a card is a word`() {
        let words = Set(Manual().words)
        #expect(words.isSuperset(of: Catalogue().names))
        #expect(words.isSuperset(of: ["fabric", "replication", "job"]))
        #expect(
            words.isSuperset(of: [
                "plan", "group", "step", "manual", "machine", "runbook", "shutdown", "objective",
            ]))
    }

    @Test
    func `a page of a primitive shows arguments, example, failures and where it may be called`()
        throws
    {
        for primitive in Catalogue().primitives {
            let page = try #require(Manual().page(for: primitive.name))
            #expect(page.hasPrefix(primitive.signature), "\(page)")
            #expect(page.contains(primitive.summary), "\(page)")
            #expect(page.contains(primitive.example), "\(page)")
            #expect(page.contains(primitive.effect.word), "\(page)")
            for parameter in primitive.parameters { #expect(page.contains(parameter.summary)) }
            for code in primitive.raises { #expect(page.contains(code.name), "\(page)") }
            for phase in primitive.phases { #expect(page.contains(phase.rawValue), "\(page)") }
        }
    }

    @Test func `a page reads as it should`() {
        #expect(
            Manual().page(for: "fabric.connect") == """
                fabric.connect(vm, switch, [options])
                    Connects a card of a vm to a switch of its host.

                Arguments
                    vm (required): The vm.
                        a vm: its name, "site/name", or what fabric.vm gives
                    switch (required): The switch.
                        a string
                    options: Which card.
                        a table of nic

                Options
                    nic: The card; "nic0" when left out.
                        a string

                Example
                    fabric.connect(replication.replica(vm), "tenant")

                May raise
                    name.unknown, scope.refused

                Effect: writes; doing it twice is doing it once
                Allowed in: run
                Or: fabric.try_connect, which returns the value or nil and the failure
                """)
    }

    @Test func `a part of a card lists its fields, the needed ones marked`() throws {
        let page = try #require(Manual().page(for: "group"))
        #expect(page.hasPrefix("group { … }\n    A group of a plan"))
        #expect(page.contains("name (required): The group's name."))
        #expect(page.contains("\n    before: Steps before the group's first vm."))
    }

    @Test(arguments: [
        ("plan.step", "step"), ("plan.group", "group"), ("fabric.try_select", "fabric.select"),
        ("plan.shutdown", "shutdown"),
    ])
    func `a word is found as an author writes it`(written: String, word: String) {
        #expect(Manual().page(for: written) == Manual().page(for: word))
    }

    @Test func `a namespace lists its primitives`() throws {
        let page = try #require(Manual().page(for: "fabric"))
        for primitive in Catalogue().primitives where primitive.namespace == "fabric" {
            #expect(page.contains(primitive.signature))
        }
    }
}
