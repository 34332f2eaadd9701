// Codes that no single room owns: what a person or a program got wrong in asking.

extension Failure.Code {
    static let general: [Self] = [
        .usage, .unknownName, .refused, .notConfirmed, .fileSystem, .internalFault,
    ]

    package static let usage = Self(
        "usage.invalid",
        meaning: "An argument, option or value is not of the form that was asked for.",
        remedy: "The message names the argument and the form it takes; `muster help` shows all.")

    package static let unknownName = Self(
        "name.unknown",
        meaning: "Nothing of that name exists here.",
        remedy: "The message offers the nearest right spelling; the list commands show all names.")

    package static let refused = Self(
        "scope.refused",
        meaning: "The run or the person may not touch that object or do that act.",
        remedy: "Ask somebody who may, or widen the scope on purpose; the attempt is recorded.")

    package static let notConfirmed = Self(
        "usage.not_confirmed",
        meaning: "An act that loses data or cannot be taken back was not confirmed.",
        remedy:
            "Read what would be lost; confirm at the terminal, or by the option the message names.")

    package static let fileSystem = Self(
        "files.failed",
        meaning: "The operating system refused to read or write a file.",
        remedy: "Free space, mend the permissions or the device, and go on with `muster resume`.")

    package static let internalFault = Self(
        "muster.fault",
        meaning: "Something that cannot happen has happened; the fault is in Muster.",
        remedy: "The run's journal is safe. Report the message and the run's number.")
}
