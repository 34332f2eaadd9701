// Codes that the HTTP interface raises (Server); each with its page. What it passes on from the
// rooms below keeps their codes.

extension Failure.Code {
    static let server: [Self] = [.notLoopback, .addressTaken, .tokenUnknown, .bodyTooLarge]

    package static let notLoopback = Self(
        "server.not_loopback",
        meaning: "Plain HTTP is offered to this machine only, and the address is another's.",
        remedy:
            "Listen on 127.0.0.1 and reach it through `ssh -L`, or put a proxy with TLS before it.")

    package static let addressTaken = Self(
        "server.address_taken",
        meaning: "The port cannot be listened on: another program has it, or it is reserved.",
        remedy: "Stop that program, or choose another port with `--listen 127.0.0.1:PORT`.")

    package static let tokenUnknown = Self(
        "server.token_unknown",
        meaning: "The request carries no token, or one that belongs to nobody.",
        remedy: "Send the header `Authorization: Bearer TOKEN` with a token of this house.")

    package static let bodyTooLarge = Self(
        "server.body_too_large",
        meaning: "The body of the request is larger than any answer needs to be.",
        remedy: "Shorten the comment; long texts belong into a document that the comment names.")
}
