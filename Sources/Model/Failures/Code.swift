// Failure codes: `room.what`, stable for ever. A code is declared once, with its page, in the file
// of the room that raises it (`RunCodes.swift`, `FabricCodes.swift`, …); `muster explain CODE`
// prints the page.

extension Failure {
    /// A stable name of a kind of failure, with the page that explains it.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// `room.what`, for example `fabric.switch_missing`.
        package let name: String
        /// What has happened, in one or two sentences for the person at the keyboard.
        package let meaning: String
        /// What can be done.
        package let remedy: String

        package init(_ name: String, meaning: String, remedy: String) {
            self.name = name
            self.meaning = meaning
            self.remedy = remedy
        }

        /// The declared code of that name, or a bare one: a journal may carry codes of later
        /// versions and a runbook may raise codes of its own.
        package init(named name: String) {
            self =
                Self.byName[name]
                ?? Self(name, meaning: "A code of the runbook's own.", remedy: "See the runbook.")
        }

        package static func == (left: Self, right: Self) -> Bool { left.name == right.name }
        package func hash(into hasher: inout Hasher) { hasher.combine(name) }
        package var description: String { name }

        /// Every declared code, in the order of their names.
        package static let catalogue: [Code] =
            (general + lua + store + fabric + replication + replicationPoints + protectionLife
            + transfer + run + schedule + trigger + asset + library + plan
            + server)
            .sorted { $0.name < $1.name }

        private static let byName = Dictionary(
            uniqueKeysWithValues: catalogue.map { ($0.name, $0) })
    }
}
