// Faults that the random sequences have found, each told by the few steps that showed it.
import Fabric
import Model
import Testing

@testable import Replication

@Suite struct ModelFindings {
    private static func tell(_ steps: [ModelStep], seed: UInt64 = 0) async throws {
        var sequence = ModelSequence(seed: seed)
        sequence.steps = steps
        let broken = try await sequence.retold(Mutation())
        #expect(broken == nil, "\(broken?.description ?? "")")
    }

    private static func step(
        _ act: ModelStep.Act, _ machine: String, _ number: Int
    ) -> ModelStep { ModelStep(act: act, machine: machine, number: number) }

    @Test func `F-8: writes that the extended replica has are not missing after a reversal`()
        async throws
    {
        try await Self.tell([
            Self.step(.protect, "vm", 945), Self.step(.firstCopy, "vm", 0),
            Self.step(.protect, "vm:extended", 4060), Self.step(.prepare, "vm", 6581),
            Self.step(.failOver, "vm", 0), Self.step(.start, "vm", 343),
            Self.step(.write, "vm", 4563), Self.step(.firstCopy, "vm:extended", 0),
        ])
    }

    @Test func `F-8: a replica that is production no more is not what the direction turns to`()
        async throws
    {
        try await Self.tell([
            Self.step(.protect, "vm", 8923), Self.step(.firstCopy, "vm", 4739),
            Self.step(.protect, "vm:extended", 9378), Self.step(.failOverUnplanned, "vm", 374),
            Self.step(.firstCopy, "vm:extended", 7775), Self.step(.prepare, "vm:extended", 6671),
            Self.step(.failBack, "vm:extended", 6448), Self.step(.start, "vm:extended", 8049),
            Self.step(.reverse, "vm:extended", 8586), Self.step(.write, "vm:extended", 3834),
            Self.step(.resync, "vm:extended", 7393),
        ])
    }

    @Test func `F-8: an old primary that has outgrown the new one is not made its replica`()
        async throws
    {
        try await Self.tell([
            Self.step(.protect, "vm", 7062), Self.step(.firstCopy, "vm", 2866),
            Self.step(.protect, "vm:extended", 6852), Self.step(.firstCopy, "vm:extended", 6475),
            Self.step(.failOverUnplanned, "vm:extended", 2332), Self.step(.changePoint, "vm", 743),
            Self.step(.changePoint, "vm", 8179), Self.step(.complete, "vm:extended", 7334),
            Self.step(.reverse, "vm:extended", 8676),
        ])
    }

    @Test func `F-2: a death while another point is chosen leaves the machine in production`()
        async throws
    {
        var last = Self.step(.changePoint, "vm", 1169)
        for death in 0..<8 {
            (last.death, last.deathAt) = (.powerCut, death)
            try await Self.tell([
                Self.step(.protect, "vm", 7464), Self.step(.firstCopy, "vm", 4272),
                Self.step(.protect, "vm:extended", 1396), Self.step(.changePoint, "vm", 5637),
                last,
            ])
        }
    }

    @Test func `R-16: no file of a protection that was removed comes back with a power cut`()
        async throws
    {
        var copy = Self.step(.firstCopy, "vm", 9942)
        (copy.death, copy.deathAt) = (.powerCut, 4)
        try await Self.tell(
            [
                Self.step(.protect, "vm", 7024), Self.step(.firstCopy, "vm", 5464),
                Self.step(.start, "vm:extended", 3799), Self.step(.resync, "vm", 4060),
                Self.step(.write, "vm", 5797), Self.step(.prepare, "vm", 9018),
                Self.step(.remove, "vm", 3538), Self.step(.protect, "vm", 300), copy,
                Self.step(.resync, "vm", 8915),
            ], seed: 1195)
    }

    @Test func `R-14: a disk that grew before the first copy is taken over by re-protecting`()
        async throws
    {
        try await Self.tell([
            Self.step(.protect, "db", 244), Self.step(.grow, "db", 3359),
            Self.step(.firstCopy, "db", 1),
        ])
    }
}
