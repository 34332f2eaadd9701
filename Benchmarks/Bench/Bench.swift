// `make bench`: every comparison, or those whose names hold a word given, as one table.
import Foundation

@main enum Bench {
    static func comparisons() async throws -> [Comparison] {
        try await DurableSteps.comparisons + StartingRuns.comparisons + Commands.comparisons
            + LuaBorder.comparisons + CanonicalJSON.comparisons + DataPath.comparisons
            + TrackedWrites.comparisons + HeldWrites.comparisons
            + ContinuousProtection.comparisons
            + CopyMemory.comparisons + OlderPoints.comparisons
            + WholePlans.comparisons + ManyProtections.comparisons + Engines.comparisons
            + OpenQuestions.comparisons
    }

    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let chosen = try await comparisons().filter { comparison in
            words.isEmpty || words.contains { comparison.name.contains($0) }
        }
        if let missing = PythonPeers.whatIsMissing { say(missing) }
        say("Medians, ours and the peer by turns; a ratio over 1: we are better.\n")
        say(row(["figure", "ours", "peer", "ratio", "by cpu", "wanted", "met", "beside"]))
        for comparison in chosen {
            say(row(cells(try await comparison.measure())))
        }
    }

    /// At once, not when a buffer is full: a figure takes its time.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private static func cells(_ figure: Figure) -> [String] {
        let comparison = figure.comparison
        let unit = comparison.unit.name
        return [
            comparison.name, short(figure.ours) + " " + unit,
            figure.peer.map { short($0) + " " + unit } ?? "–",
            figure.ratio.map { String(format: "%.2f", $0) } ?? "–",
            figure.cpuRatio.map { String(format: "%.2f", $0) } ?? "–",
            wanted(comparison.wanted), figure.isReached.map { $0 ? "yes" : "NO" } ?? "",
            comparison.peer?.name ?? "",
        ]
    }

    private static func wanted(_ wanted: Comparison.Wanted) -> String {
        switch wanted {
        case .ratio(let ratio): "× \(ratio)"
        case .atLeast(let least): "≥ \(short(least))"
        case .atMost(let most): "≤ \(short(most))"
        case .nothing: "–"
        }
    }

    private static func short(_ value: Double) -> String {
        switch value {
        case 1e6...: String(format: "%.2f M", value / 1e6)
        case 1e4...: String(format: "%.1f k", value / 1e3)
        case 100...: String(format: "%.0f", value)
        case 10...: String(format: "%.1f", value)
        default: String(format: "%.2f", value)
        }
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, [38, 16, 16, 7, 7, 9, 4, 0])
            .map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }
            .joined(separator: " ")
    }
}
