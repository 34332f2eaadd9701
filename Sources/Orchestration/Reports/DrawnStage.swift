// One stage of a plan's drawing: where each task's box stands, and the arrows between them. A
// column for each step of the longest chain; many tasks of one column stand in rows of a few, so
// that a group of hundreds stays as wide as a page.
import Model

struct DrawnStage {
    struct Box {
        let title: String
        let style: String
        /// The vm that is failed over here; nil for every other task.
        let vm: String?
        let left: Int
        let top: Int

        private static let labelMax = 27

        var label: String {
            title.count <= Self.labelMax ? title : title.prefix(Self.labelMax - 1) + "…"
        }
    }

    struct Point {
        let x: Int
        let y: Int
    }

    struct Arrow {
        let from: Point
        let to: Point
    }

    static let boxWidth = 176
    static let boxHeight = 22
    private static let head = 28
    private static let padding = 10
    private static let space = 8
    private static let gutter = 34
    /// So many boxes of a column stand above each other before they are put side by side.
    private static let tallest = 6
    private static let abreast = 5

    let id: String
    let title: String
    let top: Int
    private(set) var boxes: [Box] = []
    private(set) var arrows: [Arrow] = []
    private(set) var width = 0
    private(set) var height = 0

    init(_ stage: Itinerary.Stage, top: Int) {
        id = stage.id
        title = stage.title
        self.top = top
        var left = Self.padding
        var places: [String: Box] = [:]
        var ends: [Int: Int] = [:]
        let columns = Self.columns(of: stage)
        for (number, tasks) in columns.enumerated() {
            let side = tasks.count > Self.tallest ? Self.abreast : 1
            for (index, task) in tasks.enumerated() {
                let box = Box(
                    title: task.title, style: task.work.style, vm: task.work.failedOver,
                    left: left + index % side * (Self.boxWidth + Self.space),
                    top: top + Self.head + index / side * (Self.boxHeight + Self.space))
                places[task.id] = box
                boxes.append(box)
            }
            let used = min(side, tasks.count)
            left += used * (Self.boxWidth + Self.space) - Self.space + Self.gutter
            ends[number] = left - Self.gutter
        }
        width = max(left - Self.gutter + Self.padding, title.count * 8 + 2 * Self.padding)
        let lowest = boxes.map { $0.top + Self.boxHeight }.max() ?? top + Self.head
        height = lowest - top + Self.padding
        arrows = columns.enumerated().flatMap { number, tasks in
            tasks.flatMap { Self.arrows(to: $0, places, behind: ends[number - 1]) }
        }
    }

    /// What waits for a whole grid has one arrow from its edge, not one from each box.
    private static func arrows(
        to task: Itinerary.Task, _ places: [String: Box], behind edge: Int?
    ) -> [Arrow] {
        guard let box = places[task.id] else { return [] }
        let end = Point(x: box.left, y: box.top + boxHeight / 2)
        let needs = task.needs.compactMap { places[$0] }
        if needs.count > tallest, let edge {
            return [Arrow(from: Point(x: edge, y: end.y), to: end)]
        }
        return needs.map { need in
            Arrow(from: Point(x: need.left + boxWidth, y: need.top + boxHeight / 2), to: end)
        }
    }

    /// The tasks by how many stand before them, in the order of the itinerary.
    private static func columns(of stage: Itinerary.Stage) -> [[Itinerary.Task]] {
        let needs = Dictionary(uniqueKeysWithValues: stage.tasks.map { ($0.id, $0.needs) })
        var depths: [String: Int] = [:]
        func depth(of id: String) -> Int {
            if let known = depths[id] { return known }
            let above = (needs[id] ?? []).filter { needs[$0] != nil }.map(depth)
            let found = above.max().map { $0 + 1 } ?? 0
            depths[id] = found
            return found
        }
        var columns: [[Itinerary.Task]] = []
        for task in stage.tasks {
            let number = depth(of: task.id)
            while columns.count <= number { columns.append([]) }
            columns[number].append(task)
        }
        return columns
    }
}

extension Itinerary.Task.Work {
    fileprivate var style: String {
        switch self {
        case .check: "look"
        case .script: "script"
        case .manual: "person"
        case .machine, .plan: "vm"
        }
    }

    fileprivate var failedOver: String? {
        switch self {
        case .machine(.failOver, let vm), .machine(.testFailOver, let vm): vm
        default: nil
        }
    }
}
