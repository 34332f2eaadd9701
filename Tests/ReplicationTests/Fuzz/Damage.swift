// How files are damaged: cut short, bits turned, pieces of another put in, grown, blanked. From a
// seed, which every failure prints.
import Foundation
import Model

enum Damage: CaseIterable {
    case truncate, flip, splice, extend, blank

    /// Rounds for each format; `MUSTER_FUZZ_SEEDS` asks for more.
    static func rounds(_ usual: Int) -> Int {
        let asked = ProcessInfo.processInfo.environment["MUSTER_FUZZ_SEEDS"].flatMap(Int.init)
        return asked ?? usual
    }

    /// Damages `bytes`, with pieces of `other`; may by chance leave them as they are.
    static func strike(
        _ bytes: [UInt8], _ other: [UInt8], _ generator: inout SeededGenerator
    ) -> [UInt8] {
        var damaged = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !damaged.isEmpty {
            allCases.randomElement(using: &generator)!.strike(&damaged, other, &generator)
        }
        return damaged
    }

    private func strike(
        _ bytes: inout [UInt8], _ other: [UInt8], _ generator: inout SeededGenerator
    ) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let count = Int.random(in: 1...400, using: &generator)
        let end = min(bytes.count, place + count)
        switch self {
        case .truncate: bytes.removeLast(bytes.count - place)
        case .flip: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case .splice where !other.isEmpty:
            let from = Int.random(in: 0..<other.count, using: &generator)
            let piece = other[from..<min(other.count, from + count)]
            bytes.replaceSubrange(place..<min(bytes.count, place + piece.count), with: piece)
        case .extend, .splice: bytes.append(contentsOf: other.prefix(count))
        case .blank: for index in place..<end { bytes[index] = 0 }
        }
    }
}

extension [UInt8] {
    /// `==` is slow in debug builds.
    func isSame(as other: [UInt8]) -> Bool { Data(self) == Data(other) }
}
