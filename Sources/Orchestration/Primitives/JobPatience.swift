// Waiting for what must become true, and trying again what failed: forms of Lua, for they call an
// author's function, over a primitive each that decides and waits. The prelude has the loops; what
// it tells the primitive travels in the place of the function, as `{"$function": LINE, …}`.
//
//     job.wait_until    once before the first look: until when?    after each look in vain: wait
//     job.retry         once before the first attempt: the same    after each failed one: again?
//
// A pause is a call of the journal like any other, so the run leaves memory in it, and a replay
// looks and tries as often as the first time.
import Model
import Store

extension Catalogue {
    static let jobPatience: [Primitive] = [
        Primitive(
            "job.wait_until",
            "Waits until a condition is true, or until a time; the run leaves memory between looks.",
            parameters: [
                Parameter(
                    "condition", .either([.function("(): any"), .time]), required: true,
                    "A function that is called until it returns what is true; or the time."),
                Parameter("options", .record(Patience.waitFields), "How often and how long."),
            ],
            result: .either([.any]), returns: "what the condition returned",
            effect: .waits { call in try Patience(call).waited() }, phases: [.preflight, .run],
            raises: [.runTimedOut, .argumentInvalid],
            example:
                #"job.wait_until(function() return fabric.reachable(vm) end, { deadline = "2m" })"#
        ) { _ in .null },
        Primitive(
            "job.retry",
            "Calls a function until it succeeds, with growing pauses; the run leaves memory in them.",
            parameters: [
                Parameter(
                    "attempt", .function("(): any"), required: true,
                    "The function; what it returns is handed on."),
                Parameter("options", .record(Patience.retryFields), "How often, and when again."),
            ],
            result: .either([.any]), returns: "what the function returned",
            effect: .waits { call in try Patience(call).tried() }, phases: [.preflight, .run],
            raises: [.argumentInvalid],
            example: #"job.retry(function() fabric.start(vm) end, { attempts = 5, pause = "10s" })"#
        ) { _ in .null },
    ]
}

/// One call of either: what was given, and what follows.
struct Patience {
    private let call: PrimitiveCall
    private let options: Value
    /// What the prelude tells in the place of the function.
    private let told: Value

    static let waitFields = [
        Parameter("every", .duration, "The time between two looks; \"5s\"."),
        Parameter("deadline", .duration, "How long to wait for the condition; for ever."),
        Parameter("what", .text, "What is waited for, as the message says it; the line."),
        Parameter("zone", .text, "Whose clocks a time is of, an IANA name; \"UTC\"."),
    ]

    static let retryFields = [
        Parameter("attempts", .integer(1..<1001), "How often the function is called; 5."),
        Parameter("pause", .duration, "The first pause; \"10s\"."),
        Parameter("factor", .number, "What each pause is multiplied by for the next; 2."),
        Parameter("longest", .duration, "No pause is longer; \"5m\"."),
        Parameter(
            "jitter", .number, "The part of a pause, 0 to 1, that chance adds or takes away; 0."),
        Parameter(
            "codes", .list(.text),
            "What is tried again: codes, or rooms as \"fabric.*\"; all that may pass by itself."),
        Parameter("deadline", .duration, "No attempt begins later than this after the first."),
    ]

    init(_ call: PrimitiveCall) {
        self.call = call
        options = call.arguments["options"] ?? [:]
        told = call.arguments["condition"] ?? call.arguments["attempt"] ?? [:]
    }

    private var now: Timestamp { call.services.clock.now }
    private var until: Timestamp? {
        told["until"]?.integer.map { Timestamp(microseconds: $0) }
    }

    private func duration(_ name: String, _ usual: Duration) throws(Failure) -> Duration {
        guard let text = options[name]?.text else { return usual }
        return try Duration(text: text)
    }

    /// Until when all of it may last, as the prelude hands it back; false: for ever.
    private func deadline() throws(Failure) -> Primitive.Arrival {
        guard let text = options["deadline"]?.text else { return .value(false) }
        return .value(.integer((call.startedAt + (try Duration(text: text))).microseconds))
    }

    private func pause(until instant: Timestamp, then value: Value) -> Primitive.Arrival {
        now >= instant ? .value(value) : .pending(until: instant)
    }

    private func refuse(_ option: String, _ why: String) -> Failure {
        Failure(.argumentInvalid, "\(option) \(why)", context: ["option": option])
    }
}

// Waiting
extension Patience {
    func waited() throws(Failure) -> Primitive.Arrival {
        if let text = told.text { return try waited(for: text) }
        if options["zone"] != nil {
            throw refuse("job.wait_until: options.zone", "is for a time, and this is a condition")
        }
        let looks = told["looks"]?.integer ?? 0
        if looks == 0 { return try deadline() }
        if let until, until <= call.startedAt { throw timedOut(looks) }
        let next = call.startedAt + (try duration("every", .seconds(5)))
        return pause(until: min(next, until ?? next), then: true)
    }

    private func waited(for text: String) throws(Failure) -> Primitive.Arrival {
        for name in ["every", "deadline", "what"] where options[name] != nil {
            throw refuse(
                "job.wait_until: options.\(name)", "is for a condition, and this is a time")
        }
        let zone = options["zone"]?.text ?? "UTC"
        return pause(
            until: try Timestamp(text: text, from: call.startedAt, zone: zone), then: true)
    }

    private func timedOut(_ looks: Int64) -> Failure {
        let what = options["what"]?.text ?? "the condition at \(told["where"]?.text ?? "this line")"
        return Failure(
            .runTimedOut,
            "\(what) did not become true within \(options["deadline"]?.text ?? "its time"); "
                + "it was looked at \(looks) times",
            context: ["waited_for": what, "looks": String(looks)])
    }
}

// Trying again
extension Patience {
    /// True when the function is to be called again, after the pause; false when it is not.
    func tried() throws(Failure) -> Primitive.Arrival {
        let (factor, jitter) = try shape()
        let attempt = told["attempts"]?.integer ?? 0
        if attempt == 0 { return try deadline() }
        guard attempt < options["attempts"]?.integer ?? 5, isTriedAgain(told["code"]?.text ?? "")
        else { return .value(false) }
        let next = call.startedAt + (try pause(after: attempt, factor, jitter))
        if let until, until < next { return .value(false) }
        return pause(until: next, then: true)
    }

    private func shape() throws(Failure) -> (factor: Double, jitter: Double) {
        let (factor, jitter) = (options["factor"]?.number ?? 2, options["jitter"]?.number ?? 0)
        if factor < 1 { throw refuse("job.retry: options.factor", "must be 1 at least") }
        if !(0...1).contains(jitter) {
            throw refuse("job.retry: options.jitter", "must be from 0 to 1")
        }
        return (factor, jitter)
    }

    /// The same for a call whenever it is asked: chance is seeded by the call's own place.
    private func pause(
        after attempt: Int64, _ factor: Double, _ jitter: Double
    ) throws(Failure) -> Duration {
        let longest = try duration("longest", .seconds(300)).seconds
        var seconds = try duration("pause", .seconds(10)).seconds
        for _ in 1..<attempt where seconds < longest { seconds *= factor }
        let seed = call.key.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        var chance = SeededGenerator(seed: seed)
        if jitter > 0 { seconds *= 1 + jitter * Double.random(in: -1...1, using: &chance) }
        return .milliseconds(Int64((min(seconds, longest) * 1000).rounded()))
    }

    private func isTriedAgain(_ code: String) -> Bool {
        guard let codes = options["codes"]?.list?.compactMap(\.text) else {
            return !Self.standing.contains(Failure.Code(named: code))
                && (!code.hasPrefix("lua.") || code == Failure.Code.luaError.name)
        }
        return codes.contains { wanted in
            wanted.hasSuffix(".*") ? code.hasPrefix(wanted.dropLast()) : code == wanted
        }
    }

    /// What another attempt cannot change: people's decisions, and mistakes in the text.
    private static let standing: [Failure.Code] = [
        .questionRefused, .questionExpired, .questionWithdrawn, .refused, .argumentInvalid,
        .phaseRefused, .unknownName,
    ]
}
