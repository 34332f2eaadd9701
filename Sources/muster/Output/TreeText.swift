// A tree of lines in the terminal.
import Orchestration

extension TreeLine {
    /// The lines below one another; those without a parent are bold.
    static func text(_ roots: [TreeLine]) -> String {
        roots.map { root in
            ([Terminal.styled(root.text, .bold)] + root.branches(after: ""))
                .joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private func branches(after trunk: String) -> [String] {
        children.enumerated().flatMap { index, child -> [String] in
            let isLast = index == children.count - 1
            return ["\(trunk)\(isLast ? "└" : "├")─ \(child.text)"]
                + child.branches(after: trunk + (isLast ? "   " : "│  "))
        }
    }
}
