import Foundation

/// Counts down, and tells when it is done.
final class Countdown {
    private(set) var left: Int
    private let done: () -> Void

    init(from start: Int, done: @escaping () -> Void) {
        precondition(start >= 0, "it counts down")
        left = start
        self.done = done
    }

    func tick(by step: Int = 1) -> Bool {
        guard left > 0 else {
            return false
        }
        left = max(0, left - step)
        if left == 0 {
            done()
        }
        return true
    }

    var description: String {
        switch left {
        case 0: return "done"
        case 1: return "one is left"
        default: return "\(left) are left"
        }
    }
}
