// Looking at thousands of things one after the other leaves all cores but one idle; all at once
// would queue thousands of tasks. So a few go through the list together.

extension Array where Element: Sendable {
    /// What `transform` makes of each element, in the order of the elements; several are worked on
    /// at once. Raises the failure that comes first by that order, whichever came first in time.
    func mappedAtOnce<Made: Sendable>(
        _ transform: @escaping @Sendable (Element) async throws -> Made
    ) async throws -> [Made] {
        let lanes = 4
        let length = Swift.max(1, (count + lanes - 1) / lanes)
        let outcomes = await withTaskGroup { group in
            for start in stride(from: 0, to: count, by: length) {
                let part = self[start..<Swift.min(start + length, count)]
                group.addTask { (start, await part.made(transform)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        return try outcomes.sorted { $0.key < $1.key }.flatMap { try $0.value.get() }
    }
}

extension ArraySlice where Element: Sendable {
    fileprivate func made<Made>(
        _ transform: (Element) async throws -> Made
    ) async -> Result<[Made], any Error> {
        var made: [Made] = []
        made.reserveCapacity(count)
        do {
            for element in self { made.append(try await transform(element)) }
        } catch {
            return .failure(error)
        }
        return .success(made)
    }
}
