// Records of Model as the text of a column.
import Foundation
import Model

enum RecordText {
    static func of(_ record: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(record), as: UTF8.self)
    }

    /// Raises `store.damaged`.
    static func read<Record: Decodable>(_ text: String, as type: Record.Type) throws -> Record {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw Failure(.storeDamaged, "a record that no version wrote: \(text.prefix(100))")
        }
    }
}
