// What the random numbers of a run begin with when no person starts it.
import Model

/// Seeds of runs that the engine starts: the same for the same cause, and no two alike.
enum RunSeed {
    static func derived(from cause: String) -> UInt64 {
        var seed: UInt64 = 0
        for digit in Digest(of: cause).description.prefix(16) {
            seed = seed << 4 | UInt64(digit.hexDigitValue ?? 0)
        }
        return seed
    }

    /// Of what the run of `seed` starts by the call, or under the name, of `key`.
    static func derived(from seed: UInt64, _ key: String) -> UInt64 {
        derived(from: "\(seed)/\(key)")
    }
}
