// Codes of the library (Model/Library, Orchestration/Library); each with its page.

extension Failure.Code {
    static let library: [Self] = [.importRefused, .bundleDamaged, .libraryUnreadable]

    package static let importRefused = Self(
        "library.import_refused",
        meaning: "A text that was to be imported has a fault, so that none was imported.",
        remedy: "The message lists every fault with its file; mend them and import again.")

    package static let bundleDamaged = Self(
        "library.bundle_damaged",
        meaning: "The file is no bundle, or not as it was written; nothing was imported.",
        remedy: "Copy it again, or export it anew where it came from.")

    package static let libraryUnreadable = Self(
        "library.unreadable",
        meaning: "A text of the library, or a file of the folder, is there and cannot be read.",
        remedy: "Mend the file's permissions; a damaged version is replaced by publishing another.")
}
