// Comes with the server.
import ArgumentParser

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Leads the lab: goes on with its runs, and serves the page.")
}
