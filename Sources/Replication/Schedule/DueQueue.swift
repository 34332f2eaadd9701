// A heap of keys by the instant at which they come due. A key that comes again replaces what it
// was: the older entry is stale and dropped when it surfaces.
import Model

struct DueQueue: Sendable {
    private struct Entry: Sendable {
        var at: Timestamp
        var key: String
        var number: Int
    }

    private var heap: [Entry] = []
    /// The number of the entry that counts, by key.
    private var current: [String: Int] = [:]
    private var number = 0

    /// Sets when `key` comes due; nil takes it out.
    mutating func set(_ key: String, _ at: Timestamp?) {
        guard let at else {
            current[key] = nil
            return
        }
        number += 1
        current[key] = number
        heap.append(Entry(at: at, key: key, number: number))
        rise(heap.count - 1)
    }

    /// The earliest.
    mutating func first() -> (key: String, at: Timestamp)? {
        while let top = heap.first, current[top.key] != top.number { removeFirst() }
        return heap.first.map { ($0.key, $0.at) }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink()
    }

    private mutating func rise(_ start: Int) {
        var child = start
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func sink() {
        var parent = 0
        while let child = earlierChild(of: parent), isBefore(child, parent) {
            heap.swapAt(child, parent)
            parent = child
        }
    }

    private func earlierChild(of parent: Int) -> Int? {
        let left = 2 * parent + 1
        guard left < heap.count else { return nil }
        return left + 1 < heap.count && isBefore(left + 1, left) ? left + 1 : left
    }

    /// By instant; those of one instant in the order in which they were set.
    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].at, heap[left].number) < (heap[right].at, heap[right].number)
    }
}
