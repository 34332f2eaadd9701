// The namespace `asset`: kept values by name. What is hidden comes as a handle, which other
// primitives open; each use is recorded with the journal's own entry.
import Model
import Store

extension Catalogue {
    static let asset: [Primitive] = [
        assetVariable, assetSetVariable,
        handle("credential", .credential, #"local login = asset.credential "sql-admin""#),
        assetConnection,
        handle("certificate", .certificate, #"local certificate = asset.certificate "web""#),
        assetSign,
    ]

    private static let name = Parameter("name", .text, required: true, "The asset's name.")
    private static let open = ValueType.either([.text, .number, .boolean, .map(.any)])
    private static let raised: [Failure.Code] = [.unknownName, .refused, .assetType]

    /// A primitive that gets an asset; its use is recorded.
    private static func getter(
        _ verb: String, _ summary: String, _ result: ValueType, _ returns: String,
        phases: Set<Primitive.Phase>, example: String,
        perform: @escaping @Sendable (PrimitiveCall) async throws -> Value
    ) -> Primitive {
        Primitive(
            "asset.\(verb)", summary, parameters: [name], result: result, returns: returns,
            effect: .reads,
            opening: { call in try call.use(of: call.assetName, primitive: "asset.\(verb)") },
            phases: phases, raises: raised, example: example, perform: perform)
    }

    private static let assetVariable = getter(
        "variable", "Gets the value of a variable.", open, "the value",
        phases: [.card, .preflight, .run],
        example: #"local target = asset.variable "recovery-site""#
    ) { call in
        try call.asset(call.assetName, [.variable]).value
    }

    private static func handle(
        _ verb: String, _ kind: Asset.Kind, _ example: String
    ) -> Primitive {
        getter(
            verb, "Gets a \(verb) by its name; what it hides stays with the engine.", .secret,
            "its handle", phases: [.preflight, .run], example: example
        ) { call in
            try call.asset(call.assetName, [kind]).handle()
        }
    }

    private static let assetConnection = getter(
        "connection", "Gets the fields of a connection; those that are hidden as handles.",
        .map(.either([.text, .number, .boolean, .secret])), "the fields",
        phases: [.preflight, .run],
        example: #"local vmm = asset.connection "vmm"; job.note(vmm.address)"#
    ) { call in
        let asset = try call.asset(call.assetName, [.connection])
        var fields = asset.value.object ?? [:]
        for field in asset.hidden { fields[field] = asset.handle(field) }
        return .object(fields)
    }

    private static let assetSetVariable = Primitive(
        "asset.set_variable", "Sets a variable, for every runbook that uses it.",
        parameters: [
            name, Parameter("value", open, required: true, "The value, of the variable's type."),
        ],
        effect: .repeatable,
        opening: { call in
            let uses = try call.use(of: call.assetName, primitive: "asset.set_variable")
            guard let value = try? call.settable() else { return uses }
            return uses + [
                .variableSet(call.assetName, value, by: call.by, at: call.startedAt)
            ]
        },
        raises: raised + [.assetChanged],
        example: #"asset.set_variable("last-drill", "2026-03-01")"#
    ) { call in
        _ = try call.settable()
        return .null
    }

    private static let assetSign = Primitive(
        "asset.sign", "Signs a text with a secret: HMAC-SHA-256 in hexadecimal digits.",
        parameters: [
            Parameter("secret", .secret, required: true, "The secret that the receiver holds too."),
            Parameter("text", .text, required: true, "What is signed."),
        ],
        result: .text, returns: "the signature", effect: .repeatable,
        raises: raised + [.assetSealed, .assetKeyMissing],
        example: #"local mark = asset.sign(asset.credential "pager", "site lost")"#
    ) { call in
        let secret = try call.secret("secret")
        guard secret.byteCount >= Limits.signingBytesMin else {
            throw Failure(
                .argumentInvalid,
                "asset.sign: the secret is too short, and could be guessed from what it signs; "
                    + "set one of \(Limits.signingBytesMin) bytes or more",
                at: call.position)
        }
        return .text(secret.signature(of: call.arguments["text"]?.text ?? ""))
    }
}

extension PrimitiveCall {
    fileprivate var assetName: String { arguments["name"]?.text ?? "" }

    /// The value that the variable may take. Raises what ``asset(_:_:)`` raises, and
    /// `asset.type_differs` for a value of another type.
    fileprivate func settable() throws -> Value {
        let variable = try asset(assetName, [.variable])
        let value = arguments["value"] ?? .null
        guard value.assetType == variable.value.assetType else {
            throw Failure(
                .assetType,
                "the variable '\(assetName)' is a \(variable.value.assetType ?? "value"), and "
                    + "\(value.phrase) is none",
                context: ["asset": assetName], at: position)
        }
        return value
    }
}
