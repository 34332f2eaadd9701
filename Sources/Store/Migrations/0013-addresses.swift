// Addresses that were given out of the pools of networks: each once, by the key.

extension Migration {
    static let addresses = Migration(
        sql: """
            CREATE TABLE address (
                site TEXT NOT NULL,
                network TEXT NOT NULL,
                address TEXT NOT NULL,
                machine_site TEXT NOT NULL,
                machine TEXT NOT NULL,
                nic TEXT NOT NULL,
                since INTEGER NOT NULL,
                PRIMARY KEY (site, network, address)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX address_of_machine ON address (machine_site, machine);
            """)
}
