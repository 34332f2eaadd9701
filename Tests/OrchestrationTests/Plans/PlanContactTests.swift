// Whom a plan names to be called (Q-3): somebody who can be reached.
import Model
import Orchestration
import Testing

@Suite struct PlanContactTests {
    private static let faults: [(String, String)] = [
        ("contact { \"Eva\" }", "contact \"Eva\" cannot be reached: say phone or mail"),
        (
            "contact { \"Eva\", mail = \"eva\" }",
            "contact \"Eva\" cannot be written to at \"eva\": write NAME@HOST"
        ),
        (
            "contact { \"Eva\", phone = \"1\" }, contact { \"Eva\", phone = \"2\" }",
            "contact \"Eva\" stands twice"
        ),
        (
            "contact { \"Eva\", phnoe = \"1\" }",
            "plan.contacts[1] has no field 'phnoe'; did you mean 'phone'?"
        ),
        ("{ \"Eva\", phone = \"1\" }", "plan.contacts[1] is a bare table: write contact { … }"),
    ]

    @Test(arguments: faults)
    func `Q-3: a contact that nobody can reach is refused at its line`(card: String, text: String) {
        let head = "local contact = plan.contact"
        let fault = Cards().fault(planText("contacts = { \(card) },", head: head))
        #expect(fault == "web-shop.lua:2: \(text) [plan.card_invalid]")
    }

    @Test func `Q-3: contacts are kept in the order of the card`() throws {
        let plan = try Cards().plan(
            planText(
                #"contacts = { contact { "Ida", mail = "i@b.no" }, contact { "Eva", phone = "1" } },"#,
                head: "local contact = plan.contact"))
        #expect(plan.contacts.map(\.name) == ["Ida", "Eva"])
        #expect(plan.contacts.map(\.mail) == ["i@b.no", nil])
    }
}
