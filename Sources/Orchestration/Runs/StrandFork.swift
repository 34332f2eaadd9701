// The branches of one call of `job.parallel`: which begin when, and what the end of one means for
// the others. Pure but for the strands, which are made with it.
import LuaRuntime
import Model

struct StrandFork {
    let primitive: Primitive
    /// The strand that called; nil for the script's first.
    let parent: Int?
    let stop: StopSignal
    /// Why they were told to end by what is outside: an abort, or a stop further up.
    private(set) var told: Failure?
    private let ids: Range<Int>
    private let limit: Int
    private let stopsAtFirst: Bool
    private var begun = 0
    private var running = 0

    /// Makes the strands, which begin later.
    init(
        _ call: LuaCall, _ primitive: Primitive, of parent: Int?, below stop: StopSignal?,
        _ state: inout LuaState
    ) throws {
        self.primitive = primitive
        self.parent = parent
        self.stop = StopSignal(below: stop)
        let given = try Value(json: call.arguments).list ?? []
        let options = given.count > 2 ? given[2] : .null
        stopsAtFirst = options["on_failure"]?.text != "all"
        if let parent { state.turn(to: parent) }
        ids = try state.fork()
        limit = options["limit"]?.integer.map { Int($0) } ?? ids.count
    }

    /// Nothing of it runs, and nothing more will.
    var isOver: Bool { running == 0 && !hasNext }

    private var hasNext: Bool { begun < ids.count && !stop.isSet && told == nil }

    /// The next that may begin now, with its place counted from 1.
    mutating func takeNext() -> (strand: Int, index: Int)? {
        guard hasNext, running < limit else { return nil }
        begun += 1
        running += 1
        return (ids.lowerBound + begun - 1, begun)
    }

    /// One has ended; returns whether the others are to stop now. What it did after it was told to
    /// end was its cleaning up, and no failure of its own.
    mutating func end(_ reasonTold: Failure?, _ message: String?) -> Bool {
        running -= 1
        if let reasonTold {
            if reasonTold.code != .branchStopped || !stop.isSet { told = told ?? reasonTold }
            return false
        }
        guard let message, stopsAtFirst, !stop.isSet else { return false }
        stop.set(
            Failure(.branchStopped, "stopped, because a branch beside it failed: \(message)"))
        return true
    }
}
