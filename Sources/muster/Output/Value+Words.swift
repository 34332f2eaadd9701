// Fields of an outcome as a person reads them. An outcome may come from an engine in another
// process, so what is missing shows as a dash and nothing traps.
import Model

extension Value {
    /// A text, a number or a truth; a dash when there is none.
    func word(_ field: String) -> String {
        switch self[field] {
        case nil, .null?: "–"
        case .text(let text)?: text
        case let other?: other.canonicalJSON
        }
    }

    /// The time of day of an instant.
    func time(_ field: String) -> String {
        self[field]?.text.map { String($0.dropFirst(11).prefix(8)) } ?? "–"
    }

    /// A number of bytes: `1.5 GiB`.
    func size(_ field: String) -> String {
        self[field]?.number.map { ByteCount(Int64($0)).description } ?? "–"
    }
}
