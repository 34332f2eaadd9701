// A sentence in pieces: long expectations on lines that fit, without an operator that the compiler
// must resolve for each of them.

/// The pieces as one text.
func words(_ pieces: String...) -> String { pieces.joined() }
