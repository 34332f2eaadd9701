// How far a transfer has come, as those who look on are told.
import Model
import Testing

@testable import Replication

@Suite struct TransferProgressTests {
    @Test func `what is read a second time does not count twice`() {
        let transfer = StandingTransfer("web")
        transfer.expect(100)
        transfer.count(80)
        #expect(transfer.progress.done == ByteCount(80))
        transfer.count(80)
        #expect(transfer.progress.done == transfer.progress.all)
        #expect(transfer.progress.all == ByteCount(100))
    }
}
