// From when to when a certificate is valid, read from its PEM text: the two times of its validity
// and nothing else. Whether it is genuine is not asked here.
//
//     Certificate ::= SEQUENCE { tbsCertificate SEQUENCE {
//         [0] version?, serialNumber, signature, issuer, validity SEQUENCE { Time, Time }, … }, … }
import Foundation

package struct CertificateDates: Sendable, Hashable {
    package let notBefore: Timestamp
    package let notAfter: Timestamp

    /// nil for a text that is no certificate.
    package init?(pem: String) {
        let lines = pem.split(whereSeparator: \.isNewline).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let begin = lines.firstIndex(of: "-----BEGIN CERTIFICATE-----")
        guard let begin, let end = lines[begin...].firstIndex(of: "-----END CERTIFICATE-----"),
            let data = Data(base64Encoded: lines[(begin + 1)..<end].joined())
        else { return nil }
        var file = DERReader(Array(data)[...])
        guard var certificate = file.enter(), var body = certificate.enter() else { return nil }
        if body.tag == DERReader.version { body.skip() }
        for _ in ["serialNumber", "signature", "issuer"] { body.skip() }
        guard var validity = body.enter(), let first = validity.time(), let last = validity.time()
        else { return nil }
        (notBefore, notAfter) = (first, last)
    }
}

/// Elements one behind the other: tag, length, content.
private struct DERReader {
    static let version: UInt8 = 0xA0
    private static let sequence: UInt8 = 0x30
    private static let yearOfTwoDigits: UInt8 = 0x17

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var tag: UInt8? { rest.first }

    mutating func skip() { _ = content() }

    /// What stands within the next element, which is a sequence.
    mutating func enter() -> DERReader? {
        tag == Self.sequence ? content().map { DERReader($0) } : nil
    }

    mutating func time() -> Timestamp? {
        let isShort = tag == Self.yearOfTwoDigits
        guard let content = content(), content.last == UInt8(ascii: "Z") else { return nil }
        var digits = String(decoding: content.dropLast(), as: UTF8.self)
        // Two digits are of the years from 1950 to 2049.
        if isShort { digits = (digits < "50" ? "20" : "19") + digits }
        guard digits.count == 14, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        let text = Array(digits)
        let date = "\(String(text[0..<4]))-\(String(text[4..<6]))-\(String(text[6..<8]))"
        let clock = "\(String(text[8..<10])):\(String(text[10..<12])):\(String(text[12..<14]))"
        return try? Timestamp(text: "\(date)T\(clock)Z", from: Timestamp(microseconds: 0))
    }

    private mutating func content() -> ArraySlice<UInt8>? {
        guard rest.popFirst() != nil, let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first & 0x80 != 0 {
            let bytes = rest.prefix(Int(first & 0x7F))
            guard bytes.count == Int(first & 0x7F), bytes.count <= 4 else { return nil }
            rest = rest.dropFirst(bytes.count)
            length = bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }
}
