// One operation at a time per machine, in the order they came; different machines do not wait.
import Model

actor MachineTurns {
    /// Those who wait, by machine; an entry means that somebody has the turn.
    private(set) var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    func take(_ vm: String) async {
        guard waiting[vm] != nil else {
            waiting[vm] = []
            return
        }
        await withCheckedContinuation { waiting[vm]?.append($0) }
    }

    func give(_ vm: String) {
        guard let next = waiting[vm]?.first else {
            waiting[vm] = nil
            return
        }
        waiting[vm]?.removeFirst()
        next.resume()
    }
}
