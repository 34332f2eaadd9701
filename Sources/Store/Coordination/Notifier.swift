// Pushes small messages between the processes that share a lab, so that nobody polls.
import Model

/// Something has changed: go and look. A notice is a hint, never the thing itself.
package struct Notice: Sendable, Hashable {
    /// One word or two: `answered`, `abort-requested`; `missed` when notices were lost and everything
    /// is to be looked at.
    package var topic: String
    package var run: RunID?

    package static let missed = Notice(topic: "missed", run: nil)

    package init(topic: String, run: RunID? = nil) {
        self.topic = topic
        self.run = run
    }
}

/// The bell of a lab.
package struct Notifier: Sendable {
    /// The bell of the lab in `folder`; makes the folder `notify` when it is not there.
    package init(folder: String) throws { fatalError() }

    /// Everything that is notified from now on, by any process, this one included. Ends with its task.
    package func listen() throws -> AsyncStream<Notice> { fatalError() }

    /// Tells every listener. Never blocks; a listener that is gone is removed.
    package func notify(_ notice: Notice) { fatalError() }
}
