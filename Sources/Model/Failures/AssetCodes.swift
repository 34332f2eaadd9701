// Codes of assets (Model/Assets, Orchestration/Assets); each with its page.

extension Failure.Code {
    static let asset: [Self] = [.assetKeyMissing, .assetSealed, .assetType, .assetChanged]

    package static let assetKeyMissing = Self(
        "asset.key_missing",
        meaning: "The lab has no key file yet, so it can neither keep a secret nor open one.",
        remedy: "`muster asset key new` makes one; bring back the old one if secrets are kept.")

    package static let assetSealed = Self(
        "asset.sealed",
        meaning:
            "A secret cannot be opened: the key file holds another key, or the row is damaged.",
        remedy: "Put the key file that the message names in its place, or set the secret anew.")

    package static let assetType = Self(
        "asset.type_differs",
        meaning: "The asset is of another kind or type than what was asked for or given.",
        remedy: "`muster asset show NAME` says what it is.")

    package static let assetChanged = Self(
        "asset.changed",
        meaning: "Somebody else changed the asset at the same moment; nothing was overwritten.",
        remedy: "Look at it with `muster asset show NAME`, and repeat the change if it is wanted.")
}
