// What may follow what in a journal, and the chain that ties its entries.
import Model
import Testing

@Suite struct JournalTests {
    private func entry(
        _ kind: JournalEntry.Kind, _ sequence: Int, run: Int64 = 1, branch: String = "",
        primitive: String = "fabric.start", payload: String = "{}"
    ) -> JournalEntry {
        JournalEntry(
            kind, at: JournalPlace(run: RunID(run), branch: Branch(branch), sequence: sequence),
            primitive: primitive, payload: payload, on: Timestamp(microseconds: 1))
    }

    @Test func `intent and outcome alternate without a gap`() throws {
        var end = JournalEnd.empty
        for next in [entry(.intent, 1), entry(.failure, 1), entry(.intent, 2), entry(.result, 2)] {
            end = try end.after(next)
        }
        #expect(end.sequence == 2 && end.isClosed)
        #expect(throws: Failure.self) { try end.after(entry(.intent, 4)) }
        #expect(throws: Failure.self) { try end.after(entry(.result, 2)) }
    }

    @Test func `the refusal says what the journal wants`() throws {
        let open = try JournalEnd.empty.after(entry(.intent, 1))
        #expect { try open.after(entry(.intent, 2)) } throws: {
            "\($0)".contains("wants the outcome of call 1")
        }
        #expect { try JournalEnd.empty.after(entry(.result, 1)) } throws: {
            "\($0)".contains("wants the intent of call 1")
        }
    }

    @Test func `a link changes with every part of its entry`() {
        let entries = [
            entry(.result, 1), entry(.failure, 1), entry(.intent, 1), entry(.result, 2),
            entry(.result, 1, run: 2), entry(.result, 1, branch: "a"),
            entry(.result, 1, primitive: "fabric.star", payload: "t{}"),
            entry(.result, 1, payload: "[]"),
        ]
        let links = entries.map { JournalLink.origin.next($0) }
        #expect(Set(links).count == entries.count)
        #expect(links[0].next(entries[0]) != links[0])
        #expect(JournalLink.origin.next(entries[0]) == links[0])
    }

    @Test func `a link is fixed for ever`() {
        let link = JournalLink.origin.next(entry(.intent, 1))
        // Computed from the format on top of JournalLink.swift by another program.
        let expected = "cd2c6daa072c8171323f2ae65b036d78" + "f7d531ea899abd5d2d8b8579a69774a6"
        #expect(link.description == expected)
    }

    @Test func `branches part from branches`() {
        let branch = Branch.main.child("group:databases").child("vm:sql01")
        #expect(branch.path == "group:databases/vm:sql01")
        #expect(Branch.main.description == "main")
    }

    @Test(arguments: ["0", "-1", "", "x", "1.5"])
    func `what is no number names no run and no question`(text: String) {
        #expect(RunID(text) == nil)
        #expect(QuestionID(text) == nil)
    }
}
