// Seats: how a guest writes without a call of the system beside the write's own. A seat is a word
// of the map and a byte to lock; a handle that writes claims one by the lock and keeps it for life.
//
//     guest    word = 1 ▸ does somebody want to cut? ─ no ──▶ write ▸ word = 0
//                                                    └ yes ─▶ word = 0 ▸ the shared lock, as
//                                                             those do who found no seat free
//     cutter   exclusive lock ▸ says that he wants to cut ▸ waits until every word is 0, or nobody
//              has the lock of its byte ▸ alone
//
// Each stores his own word before he looks at the other's, both sequentially consistent: one of the
// two sees the other. A guest that is killed on its seat loses the lock with its last thread, so
// that its word counts for nothing; who claims the seat next begins with 0.
import Glibc
import Model
import Synchronization

/// What a handle knows of its seat.
enum SeatClaim: Equatable {
    case notAsked
    /// All were taken when it asked.
    case none
    case seat(Int)
}

extension ChangeMap {
    private func seatByte(_ seat: Int) -> Range<Int64> {
        let byte = ChangeMapLayout.seatByte + Int64(seat)
        return byte..<byte + 1
    }

    private func seatWord(_ seat: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        word(at: ChangeMapLayout.seatOffset + 8 * seat)
    }

    /// The seat of this handle; asks for one the first time.
    func seat(of turn: inout Turn) -> Int? {
        if turn.seat == .notAsked { turn.seat = claimSeat() }
        return if case .seat(let seat) = turn.seat { seat } else { nil }
    }

    private func claimSeat() -> SeatClaim {
        for seat in 0..<ChangeMapLayout.seats {
            // A refusal by the system is no reason to hold up a guest: there is the other way.
            guard (try? file.tryLock(.exclusive, seatByte(seat))) == true else { continue }
            rise(seat)
            return .seat(seat)
        }
        return .none
    }

    /// Sits down; false, and not seated, when somebody wants to cut.
    func sit(_ seat: Int) -> Bool {
        seatWord(seat).pointee.store(1, ordering: .sequentiallyConsistent)
        guard flags.contains(.cutWanted) else { return true }
        rise(seat)
        return false
    }

    func rise(_ seat: Int) { seatWord(seat).pointee.store(0, ordering: .releasing) }

    /// Returns when nobody sits. The flag is up, so nobody sits down.
    func waitForSeats(but own: SeatClaim) throws(Failure) {
        for seat in 0..<ChangeMapLayout.seats where own != .seat(seat) {
            var looks = 0
            while seatWord(seat).pointee.load(ordering: .sequentiallyConsistent) != 0,
                try file.isLockedElsewhere(seatByte(seat))
            {
                looks += 1
                // A write takes microseconds; one that a device holds up is not worth a core.
                if looks < 100 { sched_yield() } else { usleep(50) }
            }
        }
    }
}
