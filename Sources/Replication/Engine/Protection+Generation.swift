// A new generation: what was sent, applied and kept under the old numbers is worth nothing more.
import Model

extension Protection {
    /// The same protection in a new generation. `base` is what the replica's disks hold, which is
    /// point 0 then; nil when they hold no point.
    func inNewGeneration(from base: RecoveryPoint?) -> Protection {
        var next = self
        next.generation += 1
        next.sentSequence = 0
        next.appliedSequence = 0
        next.latestLogHash = ""
        next.primaryStamps = []
        next.points = []
        if var base {
            base.generation = next.generation
            base.sequence = 0
            next.points = [base]
        }
        return next
    }
}
