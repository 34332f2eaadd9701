// The report as one file for a browser or a printer: nothing is loaded, nothing is run, and it says
// the same as the text.
import Model
import Store

extension RunReport {
    package var page: HTML {
        let title = "Run \(run.id) · \(run.name)"
        let body: HTML = """
            <header><p class="state \(run.state.rawValue)">\(run.state.rawValue)</p>\
            <h1>\(title)</h1>\(reasons)</header>
            \(facts)
            \(HTML.part("What went on when", ReportTimeline(self).drawing))
            \(HTML.part("What was recovered", recoveryTable))
            \(HTML.part("Predicted and measured", forecastTable))
            \(HTML.part("What people were asked", questionTable))
            \(HTML.part("What was done, and what was not", taskTables))
            \(HTML.part("What stands", standTable))
            \(HTML.part("Not in this run", latecomerList))
            \(HTML.part("What preflight warned of", warningList))
            \(HTML.part("Who decided", decisionTable))
            \(HTML.part("Notes", noteTable))
            \(HTML.part("What was recorded", eventTable))
            \(HTML.part("What it started", childTable))
            \(HTML.part("Every call", callTable))
            \(HTML.part("Made from", sourceTable))
            """
        return .page(title, body)
    }

    // MARK: What comes first

    private var reasons: HTML {
        let failure = run.failure.map { "<p class=\"why\">\($0)</p>" as HTML } ?? ""
        let wish = run.wishLine.map { "<p>It \($0).</p>" as HTML } ?? ""
        return failure + wish
    }

    private var facts: HTML {
        var facts: [(String, String)] = [
            ("Act", run.act),
            ("Started by", run.startedBy + (run.reason.map { ", “\($0)”" } ?? "")),
            ("From", (run.startedAt ?? run.createdAt).description),
            ("Until", run.endedAt?.description ?? "under way"), ("Took", took.readable),
            ("The machine", machineTime.readable), ("Waiting for people", humanTime.readable),
        ]
        if let rto { facts.append(("Away", rto.line)) }
        if let rpo { facts.append(("Lost", rpo.line)) }
        if let rehearsal { facts.append(("Rehearsal then", rehearsal.words)) }
        let list = facts.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" as HTML }
        return "<dl>\(list)</dl>"
    }

    // MARK: Tables

    private var recoveryTable: HTML {
        HTML.table(
            ["vm", "point", "cut at", "kind", "lost", "hashes of its disks"],
            recoveries.map { recovery in
                let hashes = recovery.roots.sorted { $0.key < $1.key }.map {
                    "<code>\($0.key) \($0.value)</code><br>" as HTML
                }
                let loss = losses[recovery.vm].map(Self.loss) ?? "–"
                return [
                    "\(recovery.vm)", "\(recovery.sequence)", "\(recovery.cutAt)",
                    "\(recovery.kind)", "\(loss)",
                    hashes.isEmpty ? "not proven" : "\(hashes)",
                ]
            })
    }

    private var forecastTable: HTML {
        let lost = scoredLosses.map { score in
            Scored(
                what: "lost, \(score.what)", expected: score.expected, measured: score.measured)
        }
        return HTML.table(
            ["what", "predicted", "from", "to", "measured", "verdict"],
            (scoredTimes + lost + scoredTasks).map { score in
                [
                    "\(score.what)", "\(score.expected.likely.readable)",
                    "\(score.expected.low.readable)", "\(score.expected.high.readable)",
                    "\(score.measured?.readable ?? "")", "\(score.verdict)",
                ]
            })
    }

    private var questionTable: HTML {
        HTML.table(
            ["asked", "question", "how it ended", "waited"],
            questions.map { question in
                let votes = question.votes.map { "<br>\($0.line), \($0.channel)" as HTML }
                let waited = (question.settledAt ?? until) - question.askedAt
                return [
                    "\(question.askedAt.timeOfDay)", "\(question.request.title)",
                    "\(question.state.rawValue)\(votes)", "\(waited.readable)",
                ]
            })
    }

    private var taskTables: HTML {
        let tables = stages.map { stage in
            let rows = HTML.table(
                ["task", "how it ended", "began", "took", "remark"],
                stage.tasks.map { task in
                    [
                        "\(task.title)", "\(task.state.rawValue)",
                        "\(task.begunAt?.timeOfDay ?? "")", "\(task.took?.readable ?? "")",
                        "\(task.remark ?? "")",
                    ]
                })
            return "<h3>\(stage.title)</h3>\(rows)" as HTML
        }
        return "\(tables)"
    }

    private var standTable: HTML {
        HTML.table(
            ["vm", "site", "power", "protection"],
            stand.map { vm in
                [
                    "\(vm["name"]?.text ?? "?")", "\(vm["site"]?.text ?? "?")",
                    "\(vm["power"]?.text ?? "?")", "\(vm["state"]?.text ?? "not protected")",
                ]
            })
    }

    private var latecomerList: HTML {
        latecomers.isEmpty ? "" : "<p>\(latecomers.joined(separator: ", "))</p>"
    }

    private var warningList: HTML {
        "\(warnings.map { "<p>\($0)</p>" as HTML })"
    }

    private var decisionTable: HTML {
        HTML.table(
            ["when", "who", "what", "why"],
            decisions.map { ["\($0.at)", "\($0.who)", "\($0.what)", "\($0.reason ?? "")"] })
    }

    private var noteTable: HTML {
        HTML.table(
            ["when", "stream", "line"],
            notes.map { ["\($0.at.timeOfDay)", "\($0.level.rawValue)", "\($0.text)"] })
    }

    private var eventTable: HTML {
        HTML.table(
            ["when", "what", "facts"],
            events.map {
                [
                    "\($0.at.timeOfDay)", "\($0.topic)",
                    "<code>\(Value.object($0.facts).canonicalJSON)</code>",
                ]
            })
    }

    private var childTable: HTML {
        HTML.table(
            ["run", "runbook", "state"],
            children.map { ["\($0.id)", "\($0.name)", "\($0.state.rawValue)"] })
    }

    private var callTable: HTML {
        let rows = HTML.table(
            ["when", "branch", "call", "arguments", "outcome"],
            acts.map { act in
                let outcome = act.outcome?.payload ?? "outcome not written"
                return [
                    "\(act.begunAt.timeOfDay)", "\(act.place.branch.path)", "\(act.primitive)",
                    "<code>\(act.arguments)</code>", "<code>\(outcome)</code>",
                ]
            })
        return acts.isEmpty
            ? "" : "<details><summary>\(acts.count) calls</summary>\(rows)</details>"
    }

    private var sourceTable: HTML {
        HTML.table(
            ["text", "SHA-256"],
            run.sources.map { ["\($0.module)", "<code>\($0.digest)</code>"] })
    }
}
