// What goes through the bell. On the wire a notice is one datagram of UTF-8 text, at most 256
// bytes:
//
//     RUN SPACE TOPIC        RUN is the run's number, or `-` when the notice is about no run
//
// `17 answered`. A datagram of any other form is dropped: whoever may write to the lab may ring the
// bell.
import Model

/// Something has changed: go and look. A notice is a hint, never the thing itself.
package struct Notice: Sendable, Hashable {
    /// One word or two: `answered`, `abort-wished`.
    package var topic: String
    package var run: RunID?

    package init(topic: String, run: RunID? = nil) {
        self.topic = topic
        self.run = run
    }

    /// Notices were lost, because the listener was too slow: everything is to be looked at.
    package static let missed = Notice(topic: "missed")

    static let bytesMax = 256

    var datagram: [UInt8] {
        let bytes = Array("\(run.map(\.description) ?? "-") \(topic)".utf8)
        precondition(bytes.count <= Self.bytesMax, "a notice is a hint, not a letter: \(topic)")
        return bytes
    }

    init?(datagram: some Collection<UInt8>) {
        let text = String(decoding: datagram, as: UTF8.self)
        guard let space = text.firstIndex(of: " ") else { return nil }
        let number = String(text[..<space])
        run = RunID(number)
        topic = String(text[text.index(after: space)...])
        guard !topic.isEmpty, run != nil || number == "-" else { return nil }
    }
}
