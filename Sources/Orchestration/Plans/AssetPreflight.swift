// The part of preflight that asks for what is kept for the steps of a plan: is it there, and is a
// certificate valid, now and for the next days (P-11).
import Model
import Store

struct AssetPreflight: Sendable {
    let services: Services

    func faults(of names: [String]) throws -> [String] {
        try names.compactMap { name in
            guard let asset = try services.store.asset(name) else {
                let known = try services.store.assets().map(\.name)
                return Failure.unknown(asset: name, among: known).message
            }
            return asset.kind == .certificate ? fault(of: asset) : nil
        }
    }

    private func fault(of certificate: Asset) -> String? {
        let name = "the certificate '\(certificate.name)'"
        let pem = certificate.value["certificate"]?.text ?? ""
        guard let dates = CertificateDates(pem: pem) else {
            return "\(name) says in no known form until when it is valid"
        }
        let now = services.clock.now
        if dates.notBefore > now { return "\(name) is not valid before \(dates.notBefore)" }
        if dates.notAfter <= now { return "\(name) has expired at \(dates.notAfter)" }
        return dates.notAfter - now < Limits.certificateNotice
            ? "\(name) expires at \(dates.notAfter)" : nil
    }
}
