// The report as one file for a browser or a printer: nothing is loaded, nothing is run, and it says
// the same as the text.
import Model
import Store

extension RunReport {
    package var page: HTML {
        let title = "Run \(run.id) · \(run.name)"
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width"><title>\(title)</title>\
            <style>\(Self.style)</style></head><body>
            <header><p class="state \(run.state.rawValue)">\(run.state.rawValue)</p>\
            <h1>\(title)</h1>\(reasons)</header>
            \(facts)
            \(part("What went on when", ReportTimeline(self).drawing))
            \(part("What was recovered", recoveryTable))
            \(part("What people were asked", questionTable))
            \(part("What was done, and what was not", taskTables))
            \(part("What stands", standTable))
            \(part("Not in this run", latecomerList))
            \(part("What preflight warned of", warningList))
            \(part("Who decided", decisionTable))
            \(part("Notes", noteTable))
            \(part("What was recorded", eventTable))
            \(part("What it started", childTable))
            \(part("Every call", callTable))
            \(part("Made from", sourceTable))
            </body></html>

            """
    }

    private func part(_ title: String, _ content: HTML) -> HTML {
        content.text.isEmpty ? "" : "<section><h2>\(title)</h2>\(content)</section>"
    }

    private func table(_ heads: [String], _ rows: [[HTML]]) -> HTML {
        if rows.isEmpty { return "" }
        let head = heads.map { "<th>\($0)</th>" as HTML }
        let body = rows.map { row in
            "<tr>\(row.map { "<td>\($0)</td>" as HTML })</tr>\n" as HTML
        }
        return "<table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table>"
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
        table(
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

    private var questionTable: HTML {
        table(
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
            let rows = table(
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
        table(
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
        table(
            ["when", "who", "what", "why"],
            decisions.map { ["\($0.at)", "\($0.who)", "\($0.what)", "\($0.reason ?? "")"] })
    }

    private var noteTable: HTML {
        table(
            ["when", "stream", "line"],
            notes.map { ["\($0.at.timeOfDay)", "\($0.level.rawValue)", "\($0.text)"] })
    }

    private var eventTable: HTML {
        table(
            ["when", "what", "facts"],
            events.map {
                [
                    "\($0.at.timeOfDay)", "\($0.topic)",
                    "<code>\(Value.object($0.facts).canonicalJSON)</code>",
                ]
            })
    }

    private var childTable: HTML {
        table(
            ["run", "runbook", "state"],
            children.map { ["\($0.id)", "\($0.name)", "\($0.state.rawValue)"] })
    }

    private var callTable: HTML {
        let rows = table(
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
        table(
            ["text", "SHA-256"],
            run.sources.map { ["\($0.module)", "<code>\($0.digest)</code>"] })
    }

    // MARK: Its looks

    private static let style: HTML = """
        :root { color-scheme: light dark; --ink: #1c2430; --faint: #667; --line: #d8dbe2;
          --machine: #2f6fb5; --people: #c9861a; --bad: #b3261e; --paper: #fff; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --faint: #9aa3b2;
          --line: #353c48; --machine: #6ea8e8; --people: #e0a94a; --bad: #ff8a80; --paper: #14181f; } }
        body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper);
          max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { margin: .2rem 0; } h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
        h3 { margin: 1rem 0 .2rem; font-size: 1rem; }
        .state { display: inline-block; margin: 0; padding: .1rem .6rem; border-radius: 1rem;
          border: 1px solid currentColor; color: var(--people); }
        .completed { color: var(--machine); } .failed.state, .aborted, .why { color: var(--bad); }
        dl { display: flex; flex-wrap: wrap; gap: .3rem 2rem; } dt { color: var(--faint); }
        dd { margin: 0; font-variant-numeric: tabular-nums; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th { text-align: left; color: var(--faint); font-weight: 500; }
        th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line);
          vertical-align: top; }
        code { font-size: .85em; overflow-wrap: anywhere; }
        svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--ink); }
        svg rect { fill: var(--machine); } .stage rect { fill: var(--faint); opacity: .35; }
        .stage text { font-weight: 600; } .question rect { fill: var(--people); }
        .failed rect { fill: var(--bad); } .forgiven rect { fill: var(--bad); opacity: .5; }
        .skipped rect { fill: var(--line); } .tick line { stroke: var(--line); }
        svg .tick text { fill: var(--faint); }
        @media print { details { display: block; } body { margin: 0; max-width: none; } }
        """
}
