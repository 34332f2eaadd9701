// `muster asset set` and `rotate`: new values and new secrets.
import ArgumentParser
import Foundation
import Model
import Orchestration

struct AssetSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Keeps an asset, or the next version of one.",
        discussion: """
            --value makes a variable, --user a credential, --certificate a certificate, --field \
            and --hide a connection. A secret is asked for at the terminal, without echo; \
            otherwise it is read from standard input or the file of --secret-from. A connection \
            that hides several fields takes one line for each.
            """)

    @OptionGroup var options: LabOptions
    @Argument(help: "The asset.") var name: String
    @Option(help: "For a variable: its value.") var value: String?
    @Option(help: "Of the value: text, number, boolean or table (as JSON).") var type = "text"
    @Option(help: "For a credential: the user's name.") var user: String?
    @Option(help: "For a certificate: its file (PEM).", completion: .file())
    var certificate: String?
    @Option(
        name: .customLong("field"), parsing: .singleValue,
        help: "For a connection: NAME=VALUE, once for each.")
    var fields: [String] = []
    @Option(parsing: .singleValue, help: "For a connection: a field that is hidden.")
    var hide: [String] = []
    @Option(help: "The file that holds what is hidden; - is standard input.")
    var secretFrom: String?
    @Flag(help: "Keep what is hidden as it is.") var keepSecret = false
    @Option(
        parsing: .singleValue, help: "A pattern of the runbooks that may use it; every runbook.")
    var runbook: [String] = []
    @Option(parsing: .singleValue, help: "A tenant whose runs may use it, * for all; the house's.")
    var tenant: [String] = []

    func run() async throws {
        let lab = try await Composition(options)
        let (kind, value) = try given()
        let hidden = kind.hiddenField.map { [$0] } ?? hide
        let secrets = keepSecret ? nil : try SecretInput.read(hidden, of: name, from: secretFrom)
        let scope =
            runbook.isEmpty && tenant.isEmpty
            ? nil : AssetScope(runbooks: runbook, tenants: tenant)
        let asset = try await lab.orchestrator.assets.save(
            name, kind, value: value, secrets: secrets, scope: scope,
            by: try lab.person(options))
        asset.tell(options)
    }

    private func given() throws -> (Asset.Kind, Value) {
        let isConnection = !fields.isEmpty || !hide.isEmpty
        switch (value, user, certificate, isConnection) {
        case (let value?, nil, nil, false): return (.variable, try typed(value))
        case (nil, let user?, nil, false): return (.credential, ["user": .text(user)])
        case (nil, nil, let file?, false):
            return (.certificate, ["certificate": .text(try SecretInput.text(of: file))])
        case (nil, nil, nil, true):
            return (.connection, .object(try RunParameters.read(fields)))
        default:
            throw Failure(
                .usage, "say one of --value, --user, --certificate, and --field with --hide")
        }
    }

    private func typed(_ text: String) throws(Failure) -> Value {
        let read = type == "text" ? Value.text(text) : try? Value(json: text)
        guard let read, read.assetType == type else {
            throw Failure(
                .usage, "'\(text)' is no \(type); --type takes text, number, boolean or table")
        }
        return read
    }
}

struct AssetRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Gives an asset a new secret; a run sees it at its next use.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The asset.") var name: String
    @Option(parsing: .singleValue, help: "Of a connection: the hidden field; all of them.")
    var field: [String] = []
    @Option(help: "The file that holds what is hidden; - is standard input.")
    var secretFrom: String?

    func run() async throws {
        let lab = try await Composition(options)
        let hidden = try lab.orchestrator.assets.asset(name).hidden
        let secrets = try SecretInput.read(
            field.isEmpty ? hidden : field, of: name, from: secretFrom)
        let asset = try await lab.orchestrator.assets.rotate(
            name, secrets: secrets, by: try lab.person(options))
        asset.tell(options)
    }
}

extension Asset {
    fileprivate func tell(_ options: LabOptions) {
        if options.json { return Terminal.say(json: view) }
        Terminal.say("\(name) is a \(kind.rawValue), version \(version), for \(scope.text)")
    }
}
