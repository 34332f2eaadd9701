// A bundle is read as it was written, or not at all: each byte cut, each byte turned, and pieces of
// two put together, from seeds.
import Model
import Orchestration
import Testing

@Suite struct BundleTests {
    private static let small = Bundle(texts: [
        "drill": "return 1\n", "dns": "-- æøå\nreturn {}\n", "empty": "",
        "tricky": "file dns 3 x\nend 1 y\n",
    ])

    @Test func `B-7: a bundle is read as it was written`() throws {
        for bundle in [Self.small, Bundle(texts: [:])] {
            #expect(try Bundle(bytes: bundle.bytes) == bundle)
        }
    }

    @Test func `B-7: equal texts make equal bytes, in whatever order they came`() {
        let texts = Self.small.texts
        var other: [String: String] = [:]
        for (name, text) in texts.sorted(by: { $0.key > $1.key }) { other[name] = text }
        #expect(Bundle(texts: other).bytes == Self.small.bytes)
        #expect(Bundle(texts: other).digest == Self.small.digest)
        other["drill"] = "return 2\n"
        #expect(Bundle(texts: other).digest != Self.small.digest)
    }

    @Test func `B-7: a bundle that was cut anywhere is refused`() {
        let bytes = Self.small.bytes
        for count in 0..<bytes.count {
            expectRefused(Array(bytes.prefix(count)), "cut at \(count)")
        }
        for count in 1..<bytes.count {
            expectRefused(Array(bytes.dropFirst(count)), "without its first \(count)")
        }
        expectRefused(bytes + [UInt8(ascii: "\n")], "with a byte more")
    }

    @Test func `B-7: a bundle of which any bit was turned is refused`() {
        let bytes = Self.small.bytes
        for index in bytes.indices {
            for bit in 0..<8 {
                var turned = bytes
                turned[index] ^= 1 << UInt8(bit)
                expectRefused(turned, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test(arguments: 1...300)
    func `B-7: what was put together from two bundles is refused, or is one of them`(
        seed: UInt64
    ) throws {
        var random = SeededGenerator(seed: seed)
        let two = [Self.small, Bundle(texts: ["drill": "return 2\n", "zone": "return 3\n"])]
        let pieces = two.map(\.bytes).shuffled(using: &random)
        let first = Int.random(in: 0...pieces[0].count, using: &random)
        let second = Int.random(in: 0...pieces[1].count, using: &random)
        let spliced = Array(pieces[0].prefix(first) + pieces[1].dropFirst(second))
        guard let read = try? Bundle(bytes: spliced) else { return }
        #expect(two.contains(read), "seed \(seed)")
        #expect(read.bytes == spliced, "seed \(seed)")
    }

    @Test(arguments: [
        "muster bundle 2\nend 0 x\n", "muster bundle 1\nfile ../x 0 x\n\nend 1 x\n",
        "muster bundle 1\nfile a 99999999999999999999 x\n", "muster bundle 1\nfile a -1 x\n",
        "muster bundle 1\n", "", "\n\n\n",
    ])
    func `B-7: what is no bundle says where and why`(text: String) {
        expectRefused(Array(text.utf8), text)
    }

    private func expectRefused(_ bytes: [UInt8], _ what: String) {
        do {
            _ = try Bundle(bytes: bytes)
            Issue.record("\(what): it was read")
        } catch {
            #expect(error.code == .bundleDamaged, "\(what)")
            #expect(error.context["position"] != nil, "\(what)")
        }
    }
}
