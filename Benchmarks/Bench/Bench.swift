// `make bench`: every comparison, or those whose names hold a word given, as one table.
import Foundation

@main enum Bench {
    static let rounds = 15
    static var comparisons: [Comparison] { CanonicalJSON.comparisons }

    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let chosen = comparisons.filter { comparison in
            words.isEmpty || words.contains { comparison.name.contains($0) }
        }
        print("Medians of \(rounds) rounds, ours and the peer by turns; over 1 we are faster.\n")
        print(row(["figure", "ours", "peer", "ratio", "by cpu", "wanted", "beside"]))
        for comparison in chosen {
            let figure = try await comparison.measure(rounds: rounds)
            print(row(cells(figure)))
        }
    }

    private static func cells(_ figure: Figure) -> [String] {
        let comparison = figure.comparison
        return [
            comparison.name,
            "\(rate(figure.ours)) \(comparison.unit)",
            "\(rate(figure.theirs)) \(comparison.unit)",
            String(format: "%.2f", figure.ratio),
            String(format: "%.2f", figure.cpuRatio),
            String(format: "%.2f", comparison.wanted) + (figure.isReached ? " yes" : " NO"),
            comparison.peer,
        ]
    }

    private static func rate(_ value: Double) -> String {
        switch value {
        case 1e6...: String(format: "%.2f M", value / 1e6)
        case 1e4...: String(format: "%.1f k", value / 1e3)
        default: String(format: "%.0f", value)
        }
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, [34, 20, 20, 7, 7, 9, 0])
            .map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }
            .joined(separator: " ")
    }
}
