// Codes of triggers and webhooks (Model/Triggers, Orchestration/Triggers, Server); each with its
// page.

extension Failure.Code {
    static let trigger: [Self] = [
        .triggerExists, .firedAlready, .triggerPaused, .signatureWrong, .outOfTime, .linkInvalid,
    ]

    package static let triggerExists = Self(
        "trigger.exists",
        meaning: "There is a trigger of that name already.",
        remedy: "Give the new one another name, or take the old one away first.")

    package static let firedAlready = Self(
        "trigger.fired_already",
        meaning: "Another engine, or an earlier life of this one, has seen that already.",
        remedy: "Nothing needs to be done: a cause starts one run, and it stands.")

    package static let triggerPaused = Self(
        "trigger.paused",
        meaning: "The trigger is paused, or was taken away: what happens meanwhile starts nothing.",
        remedy: "Resume it with `muster trigger resume NAME`, and call again.")

    package static let signatureWrong = Self(
        "hook.signature_wrong",
        meaning: "The call carries no signature, or one that its secret does not make.",
        remedy: "Sign the time stamp, a point and the body with the secret that muster.lua names.")

    package static let outOfTime = Self(
        "hook.out_of_time",
        meaning: "The time stamp of the call is too old, lies in the future, or is none.",
        remedy: "Set the caller's clock, and sign each call at the moment it is made.")

    package static let linkInvalid = Self(
        "link.invalid",
        meaning: "The link to a question is not one that this house has made.",
        remedy: "Open the link that was sent, whole; or answer with `muster tasks` and `answer`.")
}
