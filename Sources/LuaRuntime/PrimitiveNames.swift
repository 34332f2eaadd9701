// The primitives that states know. One list serves all states of a catalogue: a state makes the
// functions that its script reads, and no others.
import CLua
import Model

/// `fabric.select` makes `fabric.select` and `fabric.try_select`; calling one yields.
package final class PrimitiveNames: Sendable, ExpressibleByArrayLiteral {
    /// Read by any number of states; nobody writes it after it was made.
    nonisolated(unsafe) let handle: OpaquePointer

    /// Each name is `namespace.verb`.
    package init(_ names: [String]) {
        let handle = Self.withTexts(names[...], []) { clua_names_make($0, $1) }
        guard let handle else {
            preconditionFailure("a primitive is named 'namespace.verb', as none of: \(names)")
        }
        self.handle = handle
    }

    package convenience init(arrayLiteral names: String...) { self.init(names) }

    deinit { clua_names_free(handle) }

    private static func withTexts<Result>(
        _ names: ArraySlice<String>, _ lent: [clua_text],
        _ body: (UnsafePointer<clua_text>?, Int) -> Result
    ) -> Result {
        guard let name = names.first else {
            return lent.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
        }
        return withText(name) { withTexts(names.dropFirst(), lent + [$0], body) }
    }
}
