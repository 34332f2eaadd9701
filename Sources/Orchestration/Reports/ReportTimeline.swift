// The time line of a run: what went on when, machine and people in one drawing. Made from the
// report alone, so that it can be drawn for a run that is still under way, or that ended anyhow.
import Model

struct ReportTimeline {
    struct Row: Equatable {
        enum Subject: Equatable {
            /// A group, or another stage of the plan.
            case stage
            /// A task of a stage, or a call of a runbook, and how it ended.
            case work(PlanProgress.Task.State)
            /// A question, which stood open for so long.
            case question
        }

        var title: String
        var subject: Subject
        var from: Timestamp
        var until: Timestamp
    }

    let from: Timestamp
    let until: Timestamp
    let rows: [Row]

    init(_ report: RunReport) {
        let from = report.run.startedAt ?? report.run.createdAt
        let until = max(report.until, from)
        let work =
            report.stages.isEmpty
            ? Self.calls(report.acts, until)
            : report.stages.flatMap { Self.rows(of: $0, until) }
        let questions = report.questions.map {
            Row(
                title: $0.request.title, subject: .question, from: $0.askedAt,
                until: $0.settledAt ?? until)
        }
        self.from = from
        self.until = until
        rows = work + questions
    }

    /// The stage and what was begun in it; nothing when nothing was.
    private static func rows(of stage: PlanProgress.Stage, _ now: Timestamp) -> [Row] {
        let tasks = stage.tasks.compactMap { task -> Row? in
            guard let begunAt = task.begunAt else { return nil }
            return Row(
                title: task.title, subject: .work(task.state), from: begunAt,
                until: task.endedAt ?? now)
        }
        guard let from = tasks.map(\.from).min(), let until = tasks.map(\.until).max() else {
            return []
        }
        return [Row(title: stage.title, subject: .stage, from: from, until: until)] + tasks
    }

    private static func calls(_ acts: [RunReport.Act], _ now: Timestamp) -> [Row] {
        acts.map { act in
            let state: PlanProgress.Task.State =
                switch act.outcome?.kind {
                case .result: .done
                case nil: .running
                default: .failed
                }
            return Row(
                title: act.primitive, subject: .work(state), from: act.begunAt,
                until: act.outcome?.at ?? now)
        }
    }
}

extension ReportTimeline {
    private static let width = 1000.0
    private static let labels = 330.0
    private static let rowHeight = 22.0
    /// What is too short to be seen is drawn so wide.
    private static let barMin = 2.0

    /// The drawing, as SVG; empty when nothing was begun.
    var drawing: HTML {
        if rows.isEmpty { return "" }
        let height = Double(rows.count + 1) * Self.rowHeight + 6
        return """
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(height))" role="img" \
            aria-label="What went on when">\(ticks(height))\(rows.enumerated().map(drawn))</svg>
            """
    }

    private func drawn(_ number: Int, _ row: Row) -> HTML {
        let top = Double(number + 1) * Self.rowHeight + 4
        let left = place(of: row.from)
        let length = max(place(of: row.until) - left, Self.barMin)
        let time = (row.until - row.from).readable
        return """
            <g class="\(row.style)"><title>\(row.title): \(time), from \(row.from)</title>\
            <text x="\(row.subject == .stage ? 0 : 14)" y="\(top + 12)">\(row.label)</text>\
            <rect x="\(left)" y="\(top + 2)" width="\(length)" height="\(Self.rowHeight - 8)" \
            rx="2"/></g>
            """
    }

    /// Five instants from the first to the last, counted from the start.
    private func ticks(_ height: Double) -> [HTML] {
        (0...4).map { quarter in
            let instant = from + .microseconds((until - from).microseconds * Int64(quarter) / 4)
            let x = place(of: instant)
            let anchor = quarter == 4 ? "end" : quarter == 0 ? "start" : "middle"
            return """
                <g class="tick"><line x1="\(x)" y1="18" x2="\(x)" y2="\(height)"/>\
                <text x="\(x)" y="13" text-anchor="\(anchor)">\((instant - from).readable)</text></g>
                """
        }
    }

    private func place(of instant: Timestamp) -> Double {
        let whole = max(Double((until - from).microseconds), 1)
        let share = Double((min(max(instant, from), until) - from).microseconds) / whole
        let x = Self.labels + share * (Self.width - Self.labels)
        return (x * 10).rounded() / 10
    }
}

extension ReportTimeline.Row {
    private static let labelMax = 46

    fileprivate var label: String {
        title.count <= Self.labelMax ? title : title.prefix(Self.labelMax - 1) + "…"
    }

    fileprivate var style: String {
        switch subject {
        case .stage: "stage"
        case .question: "question"
        case .work(.failed): "failed"
        case .work(.forgiven): "forgiven"
        case .work(.skipped): "skipped"
        case .work(.done), .work(.running), .work(.notBegun): "work"
        }
    }
}
