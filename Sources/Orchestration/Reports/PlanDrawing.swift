// A plan as a drawing for a wiki: stages from top to bottom, in each the tasks as boxes, those that
// wait to the right of what they wait for. Made from the itinerary alone, so the same plan is the
// same file; what people wrote is escaped; nothing is loaded.
import Model

package struct PlanDrawing {
    private let title: String
    private let stages: [DrawnStage]
    /// From box to box across stages: a vm, and one that it needs.
    private let far: [(DrawnStage.Box, DrawnStage.Box)]

    package init(_ plan: RecoveryPlan, _ itinerary: Itinerary, as kind: FailoverKind) {
        let (from, to) =
            kind == .failback ? (plan.target, plan.source) : (plan.source, plan.target)
        title = "\(plan.summary) · \(kind.rawValue), \(from) → \(to)"
        var top = Self.head
        stages = itinerary.stages.map { stage in
            let drawn = DrawnStage(stage, top: top)
            top += drawn.height + Self.gap
            return drawn
        }
        far = Self.far(plan, stages)
    }

    fileprivate static let head = 48
    fileprivate static let gap = 26
    fileprivate static let margin = 16

    /// Needs within a group are drawn in its stage.
    private static func far(
        _ plan: RecoveryPlan, _ stages: [DrawnStage]
    ) -> [(DrawnStage.Box, DrawnStage.Box)] {
        var boxes: [String: (stage: Int, box: DrawnStage.Box)] = [:]
        for (index, stage) in stages.enumerated() where stage.id.hasPrefix("groups/") {
            for box in stage.boxes {
                if let vm = box.vm { boxes[vm] = (index, box) }
            }
        }
        return plan.dependencies.sorted { $0.key < $1.key }.flatMap { vm, needed in
            needed.compactMap { name in
                guard let user = boxes[vm], let used = boxes[name], user.stage != used.stage
                else { return nil }
                return (used.box, user.box)
            }
        }
    }

    package var drawing: HTML {
        let width = Self.margin * 2 + max(stages.map(\.width).max() ?? 0, title.count * 9)
        let height = (stages.last.map { $0.top + $0.height } ?? Self.head) + Self.margin
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" role="img" font-family="system-ui, sans-serif" \
            font-size="12"><title>\(title)</title>
            <style>\(Self.style)</style>
            <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" \
            markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
            <rect class="paper" width="\(width)" height="\(height)"/>
            <text class="head" x="\(Self.margin)" y="28">\(title)</text>
            \(stages.map(drawn))\(zip(stages, stages.dropFirst()).map(way))\(far.map(need))\
            </svg>

            """
    }

    private func drawn(_ stage: DrawnStage) -> HTML {
        """
        <g class="stage"><rect x="\(Self.margin)" y="\(stage.top)" width="\(stage.width)" \
        height="\(stage.height)" rx="6"/><text x="\(Self.margin + 10)" y="\(stage.top + 18)">\
        \(stage.title)</text></g>
        \(stage.boxes.map { drawn($0) })\(stage.arrows.map { drawn($0) })
        """
    }

    private func drawn(_ box: DrawnStage.Box) -> HTML {
        """
        <g class="\(box.style)"><title>\(box.title)</title><rect x="\(box.left + Self.margin)" \
        y="\(box.top)" width="\(DrawnStage.boxWidth)" height="\(DrawnStage.boxHeight)" rx="3"/>\
        <text x="\(box.left + Self.margin + 6)" y="\(box.top + 15)">\(box.label)</text></g>

        """
    }

    private func drawn(_ arrow: DrawnStage.Arrow) -> HTML {
        let (x1, x2) = (arrow.from.x + Self.margin, arrow.to.x + Self.margin)
        let middle = (x1 + x2) / 2
        return """
            <path class="need" d="M\(x1) \(arrow.from.y)C\(middle) \(arrow.from.y) \(middle) \
            \(arrow.to.y) \(x2) \(arrow.to.y)"/>

            """
    }

    /// From one stage to the next.
    private func way(_ upper: DrawnStage, _ lower: DrawnStage) -> HTML {
        let x = Self.margin + 24
        return """
            <path class="way" d="M\(x) \(upper.top + upper.height)L\(x) \(lower.top)"/>

            """
    }

    private func need(_ used: DrawnStage.Box, _ user: DrawnStage.Box) -> HTML {
        let (x1, y1) = (used.left + Self.margin + 40, used.top + DrawnStage.boxHeight)
        let (x2, y2) = (user.left + Self.margin + 40, user.top)
        return """
            <path class="far" d="M\(x1) \(y1)C\(x1) \(y1 + 40) \(x2) \(y2 - 40) \(x2) \(y2)">\
            <title>\(user.vm ?? "") needs \(used.vm ?? "")</title></path>

            """
    }

    private static let style: HTML = """
        .paper{fill:#fff}text{fill:#1c2430}.head{font-size:16px;font-weight:600}
        .stage rect{fill:#f3f5f8;stroke:#d8dbe2}.stage text{font-weight:600}
        .vm rect{fill:#dbe8f6;stroke:#2f6fb5}.script rect{fill:#fff;stroke:#667}
        .person rect{fill:#fbeed6;stroke:#c9861a}.look rect{fill:#e9f3ea;stroke:#4b8b57}
        path{fill:none;stroke:#667}marker path{fill:#667;stroke:none}
        .need,.way,.far{marker-end:url(#tip)}.way{stroke-width:2}
        .far{stroke:#2f6fb5;stroke-dasharray:4 3}
        """
}
