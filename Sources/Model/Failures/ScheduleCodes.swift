// Codes of schedules (Model/Schedules, Orchestration/Schedules); each with its page.

extension Failure.Code {
    static let schedule: [Self] = [.scheduleExists, .turnTaken]

    package static let scheduleExists = Self(
        "schedule.exists",
        meaning: "There is a schedule of that name already.",
        remedy: "Give the new one another --name, or take the old one away first.")

    package static let turnTaken = Self(
        "schedule.turn_taken",
        meaning: "Another engine, or an earlier life of this one, has decided on that due time.",
        remedy: "Nothing needs to be done: a due time has one turn, and it stands.")
}
