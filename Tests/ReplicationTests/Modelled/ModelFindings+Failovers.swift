// What random sequences have found in failovers of one machine that died, and in sealed images.
import Testing

@testable import Replication

extension ModelFindings {
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

    @Test(arguments: [ModelStep.Act.protect, .protectSealed])
    func `F-2: a strange write while a failover is half done does not go into production`(
        _ protect: ModelStep.Act
    ) async throws {
        for death in 0..<12 {
            var failover = Self.step(.failOver, "vm", 8041)
            (failover.death, failover.deathAt) = (.powerCut, death)
            try await Self.tell([
                Self.step(protect, "vm", 2888), Self.step(.firstCopy, "vm", 6531),
                Self.step(.prepare, "vm", 5191), failover, Self.step(.foreignWrite, "vm", 4399),
            ])
        }
    }

    @Test func `F-2: a guest that wrote while another point was chosen keeps what it wrote`()
        async throws
    {
        for death in 0..<6 {
            var change = Self.step(.changePoint, "vm", 2)
            (change.death, change.deathAt) = (.before, death)
            try await Self.tell([
                Self.step(.start, "vm", 1), Self.step(.protect, "vm", 2887),
                Self.step(.firstCopy, "vm", 1), Self.step(.write, "vm", 4051),
                Self.step(.sync, "vm", 1), Self.step(.failOverUnplanned, "vm", 1),
                change, Self.step(.start, "vm", 0), Self.step(.write, "vm", 2000),
                Self.step(.stop, "vm", 0), Self.step(.changePoint, "vm", 2),
            ])
        }
    }

    @Test func `F-2: a death while another point is chosen leaves no sealed disks in production`()
        async throws
    {
        for death in 0..<16 {
            var change = Self.step(.changePoint, "vm", 2)
            (change.death, change.deathAt) = (.before, death)
            try await Self.tell([
                Self.step(.start, "vm", 1), Self.step(.protectSealed, "vm", 2887),
                Self.step(.firstCopy, "vm", 1), Self.step(.write, "vm", 4051),
                Self.step(.sync, "vm", 1), Self.step(.failOverUnplanned, "vm", 1), change,
            ])
        }
    }

    @Test func `F-8: a failback that lay half done is finished with a disk that grew meanwhile`()
        async throws
    {
        for death in 0..<6 {
            var failback = Self.step(.failBack, "vm", 7137)
            (failback.death, failback.deathAt) = (.after, death)
            try await Self.tell([
                Self.step(.protect, "vm", 5052), Self.step(.firstCopy, "vm", 8577),
                Self.step(.prepare, "vm", 5094), failback,
                Self.step(.grow, "vm:extended", 977),
            ])
        }
    }

    @Test func `F-2: a way forward that was damaged is made again when a point is gone back from`()
        async throws
    {
        for death in [nil, 0, 2, 4, 6, 8, 10] {
            var change = Self.step(.changePoint, "vm", 2966)
            if let death { (change.death, change.deathAt) = (.before, death) }
            try await Self.tell([
                Self.step(.protect, "vm", 5927), Self.step(.firstCopy, "vm", 755),
                Self.step(.sync, "vm", 3360), Self.step(.changePoint, "vm", 6462),
                Self.step(.changePoint, "vm", 5839), Self.step(.damageFile, "vm", 8788), change,
            ])
        }
    }

    @Test func `F-3: an image that was sealed before a power cut is not taken for one that is not`()
        async throws
    {
        for seed in 0..<8 {
            var reversal = Self.step(.reverse, "vm", 6020)
            (reversal.death, reversal.deathAt, reversal.deathAmong) = (.powerCut, 0, .files)
            try await Self.tell(
                [
                    Self.step(.protectSealed, "vm", 2020), Self.step(.firstCopy, "vm", 6243),
                    Self.step(.write, "vm", 9441), Self.step(.start, "vm", 4845),
                    Self.step(.write, "vm", 9441), Self.step(.prepare, "vm", 1921),
                    Self.step(.failOver, "vm", 3925), reversal,
                ], seed: UInt64(seed))
        }
    }

    @Test func `R-23: a cycle that waits for its turn looks at its window when it has it`()
        async throws
    {
        var reversal = Self.step(.reverse, "vm", 8872)
        reversal.meanwhile = .sync
        try await Self.tell([
            Self.step(.protect, "vm", 4732), Self.step(.firstCopy, "vm", 8013),
            Self.step(.setWindow, "vm", 1925), Self.step(.changePoint, "vm", 7706),
            Self.step(.complete, "vm", 2751), reversal,
        ])
    }

    @Test func `F-8: who was outgrown by a replica is not what the direction turns to`()
        async throws
    {
        try await Self.tell([
            Self.step(.protectSealed, "vm", 9686), Self.step(.firstCopy, "vm", 1040),
            Self.step(.protect, "vm:extended", 723), Self.step(.prepare, "vm", 1375),
            Self.step(.failOver, "vm", 8844), Self.step(.firstCopy, "vm:extended", 6518),
            Self.step(.prepare, "vm:extended", 7736), Self.step(.failOver, "vm:extended", 2556),
            Self.step(.changePoint, "vm", 7342), Self.step(.complete, "vm", 3298),
            Self.step(.reverse, "vm", 5369), Self.step(.resync, "vm", 6335),
            Self.step(.changePoint, "vm", 8304), Self.step(.complete, "vm", 2677),
            Self.step(.reverse, "vm:extended", 3645), Self.step(.resync, "vm:extended", 8883),
            Self.step(.reverse, "vm", 3539),
        ])
    }
}
