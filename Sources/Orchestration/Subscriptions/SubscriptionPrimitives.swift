// The namespace `subscription`: who has the recovery add-on, and on which terms. The agreement is a
// row of our own store, so it is written in the transaction of the call's intent.
import Fabric
import Model
import Store

extension Catalogue {
    static let subscription: [Primitive] = [get, selectSubscriptions, attach, detach]

    private static let named = Parameter("name", .text, required: true, "The subscription.")

    private static let get = Primitive(
        "subscription.get", "Gets a subscription: its add-on, if it has it.",
        parameters: [named], result: .record(Subscription.fields), returns: "the subscription",
        effect: .reads, raises: [.unknownName, .refused],
        example: #"local target = subscription.get("contoso").add_on.target"#
    ) { call in
        try await call.subscription().view
    }

    private static let selectSubscriptions = Primitive(
        "subscription.select", "Gets the subscriptions that match every given condition, by name.",
        parameters: [
            Parameter(
                "filter",
                .record([Parameter("add_on", .boolean, "It has the add-on, or it has not.")]),
                "The conditions.")
        ],
        result: .list(.record(Subscription.fields)), returns: "the subscriptions", effect: .reads,
        example: #"local covered = subscription.select { add_on = true }"#
    ) { call in
        let wanted = call.arguments["filter"]?["add_on"]?.boolean
        let directory = SubscriptionDirectory(services: call.services)
        let all = try await directory.subscriptions(scope: call.scope)
        return .list(all.filter { wanted == nil || ($0.addOn != nil) == wanted }.map(\.view))
    }

    private static let attach = Primitive(
        "subscription.attach",
        "Gives a subscription the recovery add-on; protects nothing by itself.",
        parameters: [
            named, Parameter("terms", .record(RecoveryTerms.fields), required: true, "The terms."),
        ],
        effect: .repeatable,
        opening: { call in
            let subscription = try await call.subscription()
            return try await call.agreeing(
                Subscription(name: subscription.name, addOn: call.addOn()), "attached")
        },
        raises: [.unknownName, .refused, .intervalInvalid],
        example: #"subscription.attach("contoso", { target = "bergen", interval = "5m" })"#
    ) { _ in .null }

    private static let detach = Primitive(
        "subscription.detach",
        "Takes the recovery add-on from a subscription; ends no protection by itself.",
        parameters: [named], effect: .repeatable,
        opening: { call in
            let subscription = try await call.subscription()
            return try await call.agreeing(Subscription(name: subscription.name), "detached")
        },
        raises: [.unknownName, .refused], example: #"subscription.detach "contoso""#
    ) { _ in .null }
}

extension PrimitiveCall {
    /// The subscription that the call names. Raises `scope.refused` for another than the run's, and
    /// `name.unknown` for one that no machine bears and nothing was agreed with.
    fileprivate func subscription() async throws -> Subscription {
        try await SubscriptionDirectory(services: services)
            .subscription(arguments["name"]?.text ?? "", scope: scope)
    }

    fileprivate func agreeing(
        _ subscription: Subscription, _ verb: String
    ) async throws -> [Change] {
        let event = Event(
            topic: "subscription.\(verb)", run: place.run,
            record: subscription.view.canonicalJSON, at: startedAt)
        return [.subscriptionSaved(subscription), .recorded(event)]
    }

    fileprivate func addOn() async throws -> RecoveryAddOn {
        let terms = arguments["terms"] ?? [:]
        let target = terms["target"]?.text ?? ""
        try await services.fabric.site(named: target)
        let interval = try ReplicationInterval(text: terms["interval"]?.text ?? "5m")
        let rpo = try terms["rpo"]?.text.map { text throws(Failure) in try Duration(text: text) }
        if let rpo { try interval.check(against: rpo, of: arguments["name"]?.text ?? "") }
        let quiet = terms["first_copy"].flatMap { first in
            first["at"]?.text.map { at in
                RecoveryTerms.QuietHour(at: at, zone: first["zone"]?.text ?? "UTC")
            }
        }
        try quiet?.check(from: startedAt)
        return RecoveryAddOn(
            RecoveryTerms(
                target: target, interval: interval,
                pointsKept: Int(terms["points"]?.integer ?? 1),
                rpoSeconds: rpo.map { Int($0.components.seconds) }, firstCopy: quiet),
            attachedBy: by, attachedAt: startedAt)
    }
}
