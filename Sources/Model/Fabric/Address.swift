// Addresses of networks, and the ranges of them that a network gives out. Pure: which of them are
// given is known to the store.
import Glibc

/// An IPv4 or IPv6 address; its text is the one form that RFC 5952 has for it.
package struct Address: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    package enum Family: String, Sendable, Hashable, Codable, CaseIterable {
        case v4 = "IPv4"
        case v6 = "IPv6"
    }

    package let family: Family
    let bits: UInt128

    init(_ family: Family, _ bits: UInt128) {
        self.family = family
        self.bits = bits
    }

    /// Reads `10.2.0.11` and `fd00:2::11`; raises `usage.invalid`.
    package init(text: String) throws(Failure) {
        let family: Family = text.contains(":") ? .v6 : .v4
        var bytes = [UInt8](repeating: 0, count: family.byteCount)
        guard inet_pton(family.number, text, &bytes) == 1 else {
            throw Failure(
                .usage, "'\(text)' is not an address; write \"10.2.0.11\" or \"fd00:2::11\"")
        }
        self.init(family, bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    package init(from decoder: any Decoder) throws {
        try self.init(text: try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var description: String {
        let count = family.byteCount
        var bytes = (0..<count).map { UInt8(truncatingIfNeeded: bits >> (8 * (count - 1 - $0))) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isWritten = inet_ntop(family.number, &bytes, &text, socklen_t(text.count)) != nil
        precondition(isWritten, "sixteen bytes have a text")
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.family == right.family ? left.bits < right.bits : left.family == .v4
    }
}

extension Address.Family {
    fileprivate var byteCount: Int { self == .v4 ? 4 : 16 }
    fileprivate var number: Int32 { self == .v4 ? AF_INET : AF_INET6 }
}

/// Addresses one after the other, both ends among them.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    package let lower: Address
    package let upper: Address

    /// Reads `10.2.0.10-10.2.0.99`, and `10.2.0.10` for one alone; raises `usage.invalid`.
    package init(text: String) throws(Failure) {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        lower = try Address(text: String(ends[0]))
        upper = try Address(text: String(ends[ends.count - 1]))
        guard lower.family == upper.family, lower <= upper else {
            throw Failure(
                .usage, "'\(text)' is not a range: write the lower address, \"-\", the upper one")
        }
    }

    package var description: String { lower == upper ? "\(lower)" : "\(lower)-\(upper)" }
    package var family: Address.Family { lower.family }

    package func contains(_ address: Address) -> Bool {
        address.family == family && lower.bits <= address.bits && address.bits <= upper.bits
    }

    /// How many there are; the most that can be counted when there are more.
    package var count: Int {
        let span = upper.bits - lower.bits
        return span >= UInt128(Int.max) ? .max : Int(span) + 1
    }

    /// The lowest that is not taken; nil when all are.
    func lowest(besides taken: Set<Address>) -> Address? {
        var candidate = lower
        while taken.contains(candidate) {
            guard candidate.bits < upper.bits else { return nil }
            candidate = Address(family, candidate.bits + 1)
        }
        return candidate
    }
}

/// What a network has to give: ranges that do not overlap.
package struct AddressPool: Sendable, Hashable, Codable {
    package var ranges: [AddressRange]

    package init(_ ranges: [AddressRange] = []) { self.ranges = ranges }

    package init(from decoder: any Decoder) throws {
        ranges = try decoder.singleValueContainer().decode([String].self).map(AddressRange.init)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(ranges.map(\.description))
    }

    package var families: [Address.Family] {
        Address.Family.allCases.filter { family in ranges.contains { $0.family == family } }
    }

    package func contains(_ address: Address) -> Bool { ranges.contains { $0.contains(address) } }

    /// The lowest address of that family that is not taken, by the order of the ranges.
    package func lowest(_ family: Address.Family, besides taken: Set<Address>) -> Address? {
        for range in ranges where range.family == family {
            if let address = range.lowest(besides: taken) { return address }
        }
        return nil
    }

    /// How many addresses of that family there are.
    package func count(_ family: Address.Family) -> Int {
        ranges.filter { $0.family == family }.reduce(0) { sum, range in
            sum.addingReportingOverflow(range.count).overflow ? .max : sum + range.count
        }
    }
}

/// An address that a card of a machine has from a pool.
package struct GivenAddress: Sendable, Hashable {
    package var network: NetworkName
    package var address: Address
    package var machine: MachineID
    package var nic: String

    package init(_ address: Address, of network: NetworkName, to machine: MachineID, nic: String) {
        self.network = network
        self.address = address
        self.machine = machine
        self.nic = nic
    }
}
