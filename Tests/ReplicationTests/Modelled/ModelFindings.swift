// Faults that the random sequences have found, each told by the few steps that showed it.
import Fabric
import Model
import Testing

@testable import Replication

@Suite struct ModelFindings {
    static func tell(_ steps: [ModelStep], seed: UInt64 = 0) async throws {
        var sequence = ModelSequence(seed: seed)
        sequence.steps = steps
        let broken = try await sequence.retold(Mutation())
        #expect(broken == nil, "\(broken?.description ?? "")")
    }

    static func step(
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

    @Test func `F-8: a first copy of a replica that was failed over meanwhile is compared again`()
        async throws
    {
        for death in 40..<60 {
            var copy = Self.step(.firstCopy, "vm:extended", 6421)
            (copy.death, copy.deathAt) = (.after, death)
            try await Self.tell([
                Self.step(.start, "vm", 1700), Self.step(.protect, "vm", 4555),
                Self.step(.firstCopy, "vm", 4634), Self.step(.write, "vm", 4051),
                Self.step(.protect, "vm:extended", 7902), Self.step(.sync, "vm", 4475), copy,
                Self.step(.failOverUnplanned, "vm", 4158),
                Self.step(.firstCopy, "vm:extended", 4847),
                Self.step(.prepare, "vm:extended", 9465),
            ])
        }
    }

    @Test(arguments: [ModelStep.Act.firstCopy, .resync])
    func `R-15: what the replica got while a copy of it was interrupted is not missing`(
        _ act: ModelStep.Act
    ) async throws {
        for death in 20..<60 {
            var copy = Self.step(act, "vm:extended", 1)
            (copy.death, copy.deathAt) = (.before, death)
            let first = act == .resync ? [Self.step(.firstCopy, "vm:extended", 1)] : []
            try await Self.tell(
                [
                    Self.step(.start, "vm", 1), Self.step(.protect, "vm", 4555),
                    Self.step(.firstCopy, "vm", 1), Self.step(.protect, "vm:extended", 7902),
                ] + first + [
                    copy, Self.step(.write, "vm", 4051), Self.step(.sync, "vm", 1),
                    Self.step(act, "vm:extended", 1), Self.step(.sync, "vm:extended", 1),
                ])
        }
    }

    @Test func `F-6: a failover that lay half done outgrows what became production meanwhile`()
        async throws
    {
        for death in 0..<8 {
            var failover = Self.step(.failOverUnplanned, "vm:extended", 6803)
            (failover.death, failover.deathAt) = (.before, death)
            try await Self.tell([
                Self.step(.protect, "vm", 2083), Self.step(.firstCopy, "vm", 8770),
                Self.step(.protect, "vm:extended", 7315),
                Self.step(.firstCopy, "vm:extended", 932), failover,
                Self.step(.failOverUnplanned, "vm", 8819), Self.step(.changePoint, "vm", 5217),
            ])
        }
    }

    @Test func `R-13: a machine that was failed over to is not the base of an older one's copy`()
        async throws
    {
        try await Self.tell([
            Self.step(.protect, "vm", 4181), Self.step(.firstCopy, "vm", 2915),
            Self.step(.protect, "vm:extended", 3862), Self.step(.firstCopy, "vm:extended", 442),
            Self.step(.failOverUnplanned, "vm:extended", 6172),
            Self.step(.remove, "vm:extended", 8025), Self.step(.protect, "vm:extended", 6468),
        ])
    }

    @Test func `F-8: nothing is copied on from a replica that is between two points`() async throws
    {
        for death in 0..<6 {
            var change = Self.step(.changePoint, "vm", 3501)
            (change.death, change.deathAt) = (.after, death)
            try await Self.tell([
                Self.step(.start, "vm", 4262), Self.step(.protect, "vm", 4023),
                Self.step(.firstCopy, "vm", 867), Self.step(.write, "vm", 5497),
                Self.step(.sync, "vm", 4197), Self.step(.protect, "vm:extended", 6653),
                Self.step(.firstCopy, "vm:extended", 603),
                Self.step(.failOverUnplanned, "vm", 1174), change,
                Self.step(.resume, "vm:extended", 5102), Self.step(.sync, "vm:extended", 5602),
            ])
        }
    }

    @Test func `F-6: an extended failover outgrows a replica whose site does not answer`()
        async throws
    {
        try await Self.tell([
            Self.step(.protect, "vm", 8967), Self.step(.firstCopy, "vm", 723),
            Self.step(.protect, "vm:extended", 1178), Self.step(.prepare, "vm", 7007),
            Self.step(.failOver, "vm", 3828), Self.step(.changePoint, "vm", 7679),
            Self.step(.firstCopy, "vm:extended", 8015), Self.step(.prepare, "vm:extended", 8818),
            Self.step(.cutSite, "vm:extended", 1921), Self.step(.failOver, "vm:extended", 4819),
        ])
    }

    @Test func `R-14: a disk that grew while a resync lay half done is taken over`() async throws {
        for death in 0..<6 {
            var sync = Self.step(.sync, "db", 973)
            (sync.death, sync.deathAt) = (.before, death)
            try await Self.tell([
                Self.step(.protect, "db", 4373), Self.step(.firstCopy, "db", 1),
                Self.step(.failOverUnplanned, "db", 6952), Self.step(.complete, "db", 1),
                Self.step(.reverse, "db", 5687), sync, Self.step(.grow, "db", 320),
            ])
        }
    }

    @Test func `F-8: a strange write to a prepared machine's replica is not missing in its points`()
        async throws
    {
        try await Self.tell([
            Self.step(.protect, "vm", 4440), Self.step(.firstCopy, "vm", 431),
            Self.step(.protect, "vm:extended", 6749), Self.step(.firstCopy, "vm:extended", 624),
            Self.step(.prepare, "vm", 2707), Self.step(.foreignWrite, "vm", 4533),
            Self.step(.resync, "vm:extended", 5246),
        ])
    }

    @Test func `R-16: a removal that died after it had deleted the replica is asked for again`()
        async throws
    {
        for death in 0..<4 {
            var removal = Self.step(.remove, "vm", 5115)
            (removal.death, removal.deathAt) = (.powerCut, death)
            try await Self.tell([Self.step(.protect, "vm", 6549), removal])
        }
    }

    @Test func `R-16: a machine whose preparation died may be started when its protection is gone`()
        async throws
    {
        for death in 0..<3 {
            var preparation = Self.step(.prepare, "vm", 8021)
            (preparation.death, preparation.deathAt) = (.before, death)
            preparation.deathAmong = .record
            try await Self.tell([
                Self.step(.protect, "vm", 6838), Self.step(.firstCopy, "vm", 3137),
                preparation, Self.step(.remove, "vm", 1),
            ])
            preparation.machine = "vm:extended"
            try await Self.tell([
                Self.step(.protect, "vm", 6838), Self.step(.firstCopy, "vm", 3137),
                Self.step(.protect, "vm:extended", 921), Self.step(.firstCopy, "vm:extended", 8113),
                Self.step(.failOverUnplanned, "vm", 493), Self.step(.resume, "vm:extended", 7768),
                Self.step(.sync, "vm:extended", 1), preparation,
            ])
        }
    }

    @Test func `R-23: a resync of a suspended protection waits for its window too`() async throws {
        try await Self.tell([
            Self.step(.protect, "vm", 7115), Self.step(.firstCopy, "vm", 4914),
            Self.step(.suspend, "vm", 7828), Self.step(.setWindow, "vm", 9783),
            Self.step(.resync, "vm", 1058),
        ])
    }

    @Test func `F-6: the middle of a chain does not take over from its end, protected or not`()
        async throws
    {
        try await Self.tell([
            Self.step(.protect, "vm", 2106), Self.step(.firstCopy, "vm", 7145),
            Self.step(.protect, "vm:extended", 5191), Self.step(.firstCopy, "vm:extended", 3661),
            Self.step(.failOverUnplanned, "vm:extended", 3589),
            Self.step(.remove, "vm:extended", 6334), Self.step(.changePoint, "vm", 5456),
            Self.step(.start, "vm", 7273),
        ])
    }

    @Test func `R-11: a way back whose writer died keeps its name through a power cut`()
        async throws
    {
        var sync = Self.step(.sync, "vm", 6715)
        (sync.death, sync.deathAt) = (.before, 36)
        var resync = Self.step(.resync, "vm", 1783)
        (resync.death, resync.deathAt) = (.powerCut, 7)
        try await Self.tell(
            [
                Self.step(.protect, "vm", 93), Self.step(.firstCopy, "vm", 537),
                Self.step(.prepare, "vm", 4244), Self.step(.failOver, "vm", 9506),
                Self.step(.reverse, "vm", 7098), sync, Self.step(.test, "vm", 222), resync,
            ], seed: 3480)
    }
}
