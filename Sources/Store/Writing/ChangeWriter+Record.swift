// What is kept for ever: decisions, events, and who led the lab under which token.
import GRDB
import Model

extension ChangeWriter {
    func append(_ decision: Decision) throws {
        try db.run(
            "INSERT INTO decision (who, what, reason, at, run) VALUES (?, ?, ?, ?, ?)",
            .text(decision.who), .text(decision.what), .text(orNull: decision.reason),
            .at(decision.at), decision.run.map { .run($0) } ?? .null)
    }

    func append(_ event: Event) throws {
        try db.run(
            "INSERT INTO event (topic, run, record, at) VALUES (?, ?, ?, ?)",
            .text(event.topic), event.run.map { .run($0) } ?? .null, .text(event.record),
            .at(event.at))
    }

    func take(_ token: LeaseToken, _ holder: LeaseHolder) throws {
        let last = try lastToken()
        guard token.number == last.number + 1 else {
            throw Failure(
                .leaseHeld, "another engine took the lead at the same moment; try again",
                context: ["token": String(last.number)])
        }
        try db.run(
            "INSERT INTO lease (token, process, host, command, since) VALUES (?, ?, ?, ?, ?)",
            .integer(token.number), .integer(Int64(holder.processID)), .text(holder.hostName),
            .text(holder.command), .at(holder.since))
        memory.lease = token
    }

    /// Raises `store.lease_lost` when another lease was taken after that of `token`.
    func require(_ token: LeaseToken) throws {
        let last = try lastToken()
        guard token == last else {
            throw Failure(
                .leaseLost,
                "this engine led under token \(token.number), and token \(last.number) has been "
                    + "taken since: another engine leads. Nothing was recorded; stop this process",
                context: ["token": String(token.number), "last": String(last.number)])
        }
    }

    private func lastToken() throws -> LeaseToken {
        if let lease = memory.lease { return lease }
        let number = try db.first("SELECT max(token) FROM lease") { $0.integer(0) } ?? 0
        memory.lease = LeaseToken(number)
        return LeaseToken(number)
    }
}
