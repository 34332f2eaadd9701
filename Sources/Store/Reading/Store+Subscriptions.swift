// Reading what was agreed with subscriptions.
import GRDB
import Model

extension Store {
    /// Every subscription that was ever agreed with, in the order of their names.
    package func subscriptions() throws -> [Subscription] {
        try read { db in
            try db.all("SELECT record FROM subscription ORDER BY name") { row in
                try RecordText.read(row.text(0), as: Subscription.self)
            }
        }
    }

    /// The subscription of that name; nil when nothing was agreed with it.
    package func subscription(_ name: String) throws -> Subscription? {
        try read { db in
            try db.first("SELECT record FROM subscription WHERE name = ?", .text(name)) { row in
                try RecordText.read(row.text(0), as: Subscription.self)
            }
        }
    }
}
