// Every primitive there is. The one list: argument checks, Lua's namespaces, the editor's files,
// help and replay come from it.
import LuaRuntime
import Model

package struct Catalogue: Sendable {
    /// In the order in which help shows them.
    package let primitives: [Primitive]
    /// Their names, in the same order.
    package let names: [String]
    /// The same, as states of Lua know them.
    package let luaNames: PrimitiveNames
    private let byName: [String: Primitive]

    /// The catalogue of the product; `added` is for fabrics and tests that bring their own.
    package init(adding added: [Primitive] = []) {
        primitives =
            Self.fabric + Self.replication + Self.job + Self.jobFamily + Self.plan + Self.asset
            + Self.subscription + added
        names = primitives.map(\.name)
        luaNames = PrimitiveNames(names)
        byName = Dictionary(uniqueKeysWithValues: primitives.map { ($0.name, $0) })
    }

    package subscript(name: String) -> Primitive? { byName[name] }

    /// The namespaces in the order of their first primitive.
    package var namespaces: [String] {
        primitives.reduce(into: []) { list, primitive in
            if !list.contains(primitive.namespace) { list.append(primitive.namespace) }
        }
    }
}
