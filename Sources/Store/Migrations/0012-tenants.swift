// A tenant's people see his runs only: found without going through all of them.

extension Migration {
    static let tenants = Migration(
        sql: """
            CREATE INDEX run_by_scope ON run (scope, id) WHERE scope IS NOT NULL;
            """)
}
