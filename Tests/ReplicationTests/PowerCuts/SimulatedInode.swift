// A file's bytes and a folder's names, each as they are now and as they would be found after a
// power cut.
import Fabric
import Model

@testable import Replication

struct Inode {
    var now: [UInt8] = []
    private(set) var time: Int64
    private var durable: [UInt8] = []
    private var durableTime: Int64
    /// Every content a sector was given since the last sync, by sector.
    private var versions: [Int: [[UInt8]]] = [:]
    private var isChanged = false

    init(time: Int64) {
        self.time = time
        durableTime = time
    }

    mutating func changing<Result>(at time: Int64, _ body: (inout Inode) -> Result) -> Result {
        isChanged = false
        defer { if isChanged { self.time = time } }
        return body(&self)
    }

    mutating func resize(to count: Int) {
        now += [UInt8](repeating: 0, count: max(0, count - now.count))
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        isChanged = true
        resize(to: offset + bytes.count)
        guard !bytes.isEmpty else { return }
        now.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[offset...]).copyMemory(from: bytes)
        }
        let size = SimulatedFiles.sector
        for sector in offset / size...(offset + bytes.count - 1) / size {
            let content = Array(now[sector * size..<min(now.count, (sector + 1) * size)])
            versions[sector, default: []].append(content)
        }
    }

    mutating func sync() {
        durable = now
        durableTime = time
        versions = [:]
    }

    /// Each sector written since the last sync is found as it was, or as any of the writes left it;
    /// the file is as long as it was, or as it had become.
    mutating func survive(_ generator: inout SeededGenerator) {
        let grew = now.count > durable.count && Bool.random(using: &generator)
        var found = durable + [UInt8](repeating: 0, count: grew ? now.count - durable.count : 0)
        let size = SimulatedFiles.sector
        var isTouched = grew
        for sector in versions.keys.sorted() {
            let choices = versions[sector]!
            let choice = Int.random(in: -1..<choices.count, using: &generator)
            guard choice >= 0, sector * size < found.count else { continue }
            let end = min(found.count, sector * size + choices[choice].count)
            found.replaceSubrange(
                sector * size..<end, with: choices[choice].prefix(end - sector * size))
            isTouched = true
        }
        now = found
        durable = found
        versions = [:]
        // A time may be found old though bytes are new; the other way round too.
        time = isTouched && Bool.random(using: &generator) ? time : durableTime
        durableTime = time
    }
}

struct Folder {
    enum Change {
        case link(String, Int)
        case unlink(String)
        case move(String, String, Int)
    }

    private(set) var now: [String: Int] = [:]
    var isMade = false
    private var durable: [String: Int] = [:]
    private var pending: [Change] = []

    mutating func change(_ change: Change) {
        pending.append(change)
        Self.apply(change, to: &now)
    }

    mutating func sync() {
        durable = now
        pending = []
    }

    /// Each change since the last sync is found done or not done.
    mutating func survive(_ generator: inout SeededGenerator) {
        for change in pending where Bool.random(using: &generator) {
            Self.apply(change, to: &durable)
        }
        now = durable
        pending = []
    }

    private static func apply(_ change: Change, to names: inout [String: Int]) {
        switch change {
        case .link(let name, let inode): names[name] = inode
        case .unlink(let name): names[name] = nil
        case .move(let old, let name, let inode):
            names[old] = nil
            names[name] = inode
        }
    }
}

/// The supply all parts of a simulated site hang on: it ends after a number of changes.
final class Power: Sendable {
    private let left = Locked<Int?>(nil)
    private let isOut = Locked(false)

    /// Cuts the power at the change after `changes` more.
    func cut(after changes: Int) { left.withLock { $0 = changes } }

    func restore() {
        left.withLock { $0 = nil }
        isOut.withLock { $0 = false }
    }

    func check() throws {
        if isOut.withLock({ $0 }) { throw PowerCut() }
    }

    /// A change that is not done when the power goes.
    func spend() throws {
        if spends() { throw PowerCut() }
    }

    /// True when the power goes with this change, or has gone.
    func spends() -> Bool {
        if isOut.withLock({ $0 }) { return true }
        let goes = left.withLock { left in
            guard let count = left else { return false }
            left = count - 1
            return count <= 0
        }
        if goes { isOut.withLock { $0 = true } }
        return goes
    }
}
