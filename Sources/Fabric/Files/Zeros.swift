// Whether bytes are all zero: asked of every block that is copied.
import Glibc

extension UnsafeRawBufferPointer {
    var isAllZero: Bool {
        guard let start = baseAddress, let first else { return true }
        // Equal to itself moved by one byte, and the first is zero: then all are.
        return first == 0 && memcmp(start, start + 1, count - 1) == 0
    }
}
