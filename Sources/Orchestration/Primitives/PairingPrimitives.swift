// What runbooks see of clouds that are paired: from where to where, and on which terms.
import Fabric
import Model

extension Catalogue {
    static let fabricPairings = [
        Primitive(
            "fabric.pairings", "Gets the clouds that are paired, with their hosts and terms.",
            result: .list(.record(CloudPairings.fields)), returns: "the pairings", effect: .reads,
            example: #"for _, pair in ipairs(fabric.pairings()) do job.note(pair.cloud) end"#
        ) { call in
            .list(CloudPairings(of: try await call.services.fabric.sites()).views)
        }
    ]
}
