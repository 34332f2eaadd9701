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
    package var topic: Topic
    package var run: RunID?

    package init(_ topic: Topic, run: RunID? = nil) {
        self.topic = topic
        self.run = run
    }

    /// Notices were lost, because the listener was too slow: everything is to be looked at.
    package static let missed = Notice(.missed)

    static let bytesMax = 256

    var datagram: [UInt8] { Array("\(run.map(\.description) ?? "-") \(topic.rawValue)".utf8) }

    init?(datagram: some Collection<UInt8>) {
        let text = String(decoding: datagram, as: UTF8.self)
        guard let space = text.firstIndex(of: " ") else { return nil }
        let number = String(text[..<space])
        run = RunID(number)
        guard let topic = Topic(rawValue: String(text[text.index(after: space)...])),
            run != nil || number == "-"
        else { return nil }
        self.topic = topic
    }
}

extension Notice {
    /// All there are news of; the page and whoever reads the events knows them by these words.
    package enum Topic: String, Sendable, CaseIterable {
        case missed
        /// A run waits for its turn; its state, or the text it goes by, is another.
        case runQueued = "queued"
        case runChanged = "run-changed"
        /// What a run has said and how far its plan has come.
        case output
        case progress
        case answered
        /// A question was answered by one of several who must.
        case voted
        case delegated
        case expired
        case escalated
        case suspendWished = "suspend-wished"
        case resumeWished = "resume-wished"
        case stopWished = "stop-wished"
        case abortWished = "abort-wished"
        case schedulesChanged = "schedules-changed"
        case triggersChanged = "triggers-changed"
        /// Another text of the library is in force.
        case libraryChanged = "library-changed"
        /// A plan has become ready, or is no longer.
        case readinessChanged = "readiness-changed"
        /// Machines were made or taken away.
        case machinesChanged = "machines-changed"
        case protectionChanged = "protection-changed"
        /// The engine did what a command asked for: anything may have changed.
        case labChanged = "lab-changed"

        package init(_ wish: RunWish) {
            self =
                switch wish {
                case .suspend: .suspendWished
                case .resume: .resumeWished
                case .stop: .stopWished
                case .abort: .abortWished
                }
        }
    }
}
