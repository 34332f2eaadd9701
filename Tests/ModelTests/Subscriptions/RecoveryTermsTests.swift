// What a template asks for, put together with what an add-on says; and the form in which an add-on
// is kept.
import Foundation
import Model
import Testing

@Suite struct RecoveryTermsTests {
    private static let night = RecoveryTerms.QuietHour(at: "22:00", zone: "UTC")
    private static let agreed = RecoveryTerms(
        target: "bergen", interval: .fifteenMinutes, pointsKept: 4, rpoSeconds: 1200,
        firstCopy: night)

    @Test func `S-3: what an ask leaves out is the add-on's`() {
        #expect(
            RecoveryAsk(rpoSeconds: 1200).terms(under: Self.agreed) == Self.agreed)
        let own = RecoveryAsk(
            rpoSeconds: 300, target: "tromso", interval: .thirtySeconds, pointsKept: 2)
        #expect(
            own.terms(under: Self.agreed)
                == RecoveryTerms(
                    target: "tromso", interval: .thirtySeconds, pointsKept: 2, rpoSeconds: 300,
                    firstCopy: Self.night))
    }

    @Test func `S-3: without an add-on an ask needs a target, and has the usual rest`() {
        #expect(RecoveryAsk(rpoSeconds: 300).terms(under: nil) == nil)
        #expect(
            RecoveryAsk(rpoSeconds: 300, target: "bergen").terms(under: nil)
                == RecoveryTerms(
                    target: "bergen", interval: .fiveMinutes, pointsKept: 1, rpoSeconds: 300,
                    firstCopy: nil))
    }

    @Test func `S-3: of two promises the stricter one is borne`() {
        for (asked, borne) in [(300, 300), (3600, 1200)] {
            let terms = RecoveryAsk(rpoSeconds: asked).terms(under: Self.agreed)
            #expect(terms?.rpoSeconds == borne)
        }
    }

    @Test func `an add-on is kept with its terms beside who attached it`() throws {
        let addOn = RecoveryAddOn(
            Self.agreed, attachedBy: "eva", attachedAt: Timestamp(microseconds: 7))
        let data = try JSONEncoder().encode(addOn)
        let kept = try Value(json: String(decoding: data, as: UTF8.self))
        #expect(kept["target"] == "bergen" && kept["attachedBy"] == "eva")
        #expect(try JSONDecoder().decode(RecoveryAddOn.self, from: data) == addOn)
    }
}
