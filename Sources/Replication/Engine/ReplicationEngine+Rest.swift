// A protection rests and goes on; when its copies begin.
import Fabric
import Model

extension ReplicationEngine {
    /// No cycles until it is resumed; what is written meanwhile is kept in mind and sent then
    /// . A resync under way is stopped, and the protection is `resync-suspended`.
    package func suspend(_ vm: String, operation: String? = nil) async throws -> Protection {
        if try await required(vm).state == .resyncing { stopTransfer(of: vm) }
        return try await perform(vm, operation) { protection in
            try await save(protection, after: .suspended, verb: "suspend", operation: operation)
        }
    }

    package func resume(_ vm: String, operation: String? = nil) async throws -> Protection {
        try await perform(vm, operation) { protection in
            try await save(protection, after: .resumed, verb: "resume", operation: operation)
        }
    }

    /// Changes how often changes are sent, from the next cycle on. Raises
    /// `replication.interval_invalid` when that is too seldom for the objective, or does not fit
    /// the other relationship of a chain.
    package func setInterval(
        _ interval: ReplicationInterval, of vm: String, operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            var changed = protection
            changed.interval = interval
            if let seconds = protection.terms.rpoSeconds {
                try interval.check(against: .seconds(seconds), of: vm)
            }
            if let upstream = try await upstream(of: protection) {
                try interval.check(after: upstream.interval, of: vm)
            }
            if let onward = try await onward(from: protection) {
                try onward.interval.check(after: interval, of: vm)
            }
            return try await save(changed, after: nil, verb: "setInterval", operation: operation)
        }
    }

    /// Sets when the first copy begins by itself; nil leaves it to a person.
    package func setFirstCopyTime(
        _ time: Timestamp?, of vm: String, operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            var timed = protection
            timed.terms.firstCopyAt = time
            return try await save(
                timed, after: nil, verb: "setFirstCopyTime", operation: operation)
        }
    }

    /// Puts resyncs off until `time`; nil lets them begin as soon as they are due.
    package func setResyncTime(
        _ time: Timestamp?, of vm: String, operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            var timed = protection
            timed.terms.resyncAt = time
            return try await save(timed, after: nil, verb: "setResyncTime", operation: operation)
        }
    }

    func checkResyncTime(_ protection: Protection, _ request: CycleRequest) throws(Failure) {
        guard request.verb != "resync", protection.state == .waitingForResync,
            let time = protection.terms.resyncAt, time > clock.now
        else { return }
        throw Failure(
            .resyncDeferred,
            "\(protection.key) waits for a resync, which was put off until \(time); "
                + "`muster resync \(protection.key)` begins it now",
            context: ["vm": protection.key, "time": time.description])
    }
}
