// Checks the positional arguments of a call against the primitive's parameters.
import Model

extension Primitive {
    /// The arguments by name of a call that may be made here. Raises `run.phase_refused` and
    /// `run.argument_invalid` at the author's line.
    func admitted(
        _ arguments: String, at position: SourcePosition?, in phase: Phase
    ) throws(Failure) -> [String: Value] {
        guard phases.contains(phase) else { throw Failure.phase(phase, self, at: position) }
        return try self.arguments(from: try Value(json: arguments).list ?? [], at: position)
    }

    /// The arguments by name; raises `run.argument_invalid` at the author's line.
    package func arguments(
        from list: [Value], at position: SourcePosition?
    ) throws(Failure) -> [String: Value] {
        if let spare = list.dropFirst(parameters.count).first(where: { $0 != .null }) {
            throw Failure(
                .argumentInvalid,
                "\(name) takes \(arity), but is also given \(spare.phrase)",
                at: position)
        }
        var named: [String: Value] = [:]
        for (index, parameter) in parameters.enumerated() {
            let value = index < list.count ? list[index] : .null
            guard value != .null else {
                guard parameter.isRequired else { continue }
                throw Failure(
                    .argumentInvalid,
                    "\(name) needs '\(parameter.name)': \(parameter.summary)", at: position)
            }
            let subject = CheckSubject(subjects[index], code: .argumentInvalid, at: position)
            try parameter.type.check(value, subject)
            named[parameter.name] = value
        }
        return named
    }

    private var arity: String {
        switch parameters.count {
        case 0: "no arguments"
        case 1: "one argument"
        case let count: "\(count) arguments"
        }
    }

    /// `replication.protect(vm, [options])`.
    package var signature: String {
        "\(name)(\(parameters.map { $0.isRequired ? $0.name : "[\($0.name)]" }.joined(separator: ", ")))"
    }
}
