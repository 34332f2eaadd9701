// What every command takes: which lab, as whom, and whether for a person or a program.
import ArgumentParser
import Foundation
import Model

struct LabOptions: ParsableArguments {
    @Option(help: "The lab's folder; MUSTER_LAB, else the current folder.")
    var lab: String?

    @Flag(help: "Print JSON for programs.")
    var json = false

    @Option(name: .customLong("as"), help: "Act as this person of muster.lua; your login name.")
    var actor: String?

    /// The lab's folder.
    var folder: String {
        lab ?? ProcessInfo.processInfo.environment["MUSTER_LAB"]
            ?? FileManager.default.currentDirectoryPath
    }

    var actorName: String { actor ?? NSUserName() }

    /// What a person is told that he asked for: `muster site lose`. Values are left out.
    static func act(_ hoisted: [String]) -> String {
        (["muster"] + hoisted.prefix { !$0.hasPrefix("-") }.prefix(2)).joined(separator: " ")
    }

    /// The arguments with options that stand before the subcommand moved behind it, so that
    /// `muster --lab DIR status` and `muster status --lab DIR` mean the same.
    static func hoisted(_ arguments: [String]) -> [String] {
        var rest = arguments.dropFirst()
        var leading: [String] = []
        while let first = rest.first, first.hasPrefix("--") {
            if ["--lab", "--as"].contains(first), rest.count > 1 {
                leading += [first, rest[rest.startIndex + 1]]
                rest = rest.dropFirst(2)
            } else if first == "--json" || first.hasPrefix("--lab=") || first.hasPrefix("--as=") {
                leading.append(first)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        guard rest.first?.hasPrefix("-") == false else { return leading + rest }
        return rest + leading
    }
}
