// What crosses to C and back: texts, settings, calls and failures.
import CLua
import Model

/// Lends the bytes of `text` to C for the time of one call.
func withText<Result>(_ text: String, _ body: (clua_text) -> Result) -> Result {
    var copy = text
    return copy.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) { bytes in
            body(clua_text(bytes: bytes.baseAddress, count: bytes.count))
        }
    }
}

extension String {
    init(_ text: clua_text) {
        guard let bytes = text.bytes else {
            self = ""
            return
        }
        let buffer = UnsafeRawBufferPointer(start: bytes, count: text.count)
        self = String(decoding: buffer, as: UTF8.self)
    }
}

extension LuaModule {
    func withTexts<Result>(_ body: (clua_text, clua_text) -> Result) -> Result {
        withText(name) { name in withText(text) { text in body(name, text) } }
    }

    func checkSize() throws(Failure) {
        guard text.utf8.count <= Limits.sourceBytesMax else {
            throw Failure(
                .luaSyntax,
                "\(name) is larger than \(ByteCount(Limits.sourceBytesMax)); split it into modules",
                at: SourcePosition(file: name, line: 1))
        }
    }
}

extension LuaKey {
    var value: Value {
        switch self {
        case .field(let name): .text(name)
        case .index(let index): .integer(Int64(index))
        }
    }
}

extension clua_settings {
    init(_ configuration: LuaConfiguration) {
        let limits = configuration.limits
        self.init(
            names: configuration.primitives.handle, memory_max: Int(limits.memory.bytes),
            memory_reserve: Int(limits.reserve.bytes),
            payload_max: Limits.payloadBytesMax, instructions_max: Int64(limits.instructions),
            burst_max: Int64(limits.burst), slice: Int64(limits.slice),
            grace: Int64(limits.cancellationGrace), seed: configuration.seed,
            start_microseconds: configuration.start.microseconds,
            nesting_max: Int32(Limits.nestingMax))
    }
}

extension LuaCall {
    init(pendingIn state: OpaquePointer) {
        primitive = String(clua_subject(state))
        isTry = clua_is_try(state)
        arguments = String(clua_output(state))
        var line: Int32 = 0
        let file = String(clua_position(state, &line))
        position = line > 0 ? SourcePosition(file: file, line: Int(line)) : nil
    }
}

extension Failure {
    /// The failure a state wrote as its output.
    init(reportedBy state: OpaquePointer) {
        let report = String(clua_output(state))
        if let failure = (try? Value(json: report)).flatMap({ Failure($0) }) {
            self = failure
        } else {
            self = Failure(.internalFault, "a state of Lua reported '\(report)'")
        }
    }
}
