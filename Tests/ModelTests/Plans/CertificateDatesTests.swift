// The two times of a certificate, read from its text; anything else is no certificate.
import Model
import Testing

@Suite struct CertificateDatesTests {
    /// Until 2051, which is written with a year of four digits.
    private static let long = """
        -----BEGIN CERTIFICATE-----
        MIIBdDCCARmgAwIBAgIUDnV+4sG2Lxr3mffIv0w18bx+aXAwCgYIKoZIzj0EAwIw
        DjEMMAoGA1UEAwwDd2ViMCAXDTI2MTEyMjAwNTMyOVoYDzIwNTEwNzE0MDA1MzI5
        WjAOMQwwCgYDVQQDDAN3ZWIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARhZ8hl
        d/p9isw9/Y640mS7UhRKoZxkTVWCQEZD9FimDKEygJQ1oGnw5QeY3NsoEF5XNm4Z
        Tyuwj5xw1u8322zXo1MwUTAdBgNVHQ4EFgQUQD8OBt+2UBdtzgxDovKrH0wczsYw
        HwYDVR0jBBgwFoAUQD8OBt+2UBdtzgxDovKrH0wczsYwDwYDVR0TAQH/BAUwAwEB
        /zAKBggqhkjOPQQDAgNJADBGAiEA9Z69WLThZQ0xYVz6fHw9BA+mSPfjpuLWY9Ol
        bt3sqrICIQCeZukuWki6Hkd2vZlK5mBfn0q/fxsYh1N6OcYjUBFi+w==
        -----END CERTIFICATE-----
        """

    @Test func `P-11: a certificate says from when to when it is valid, before 2050 and after`()
        throws
    {
        let dates = try #require(CertificateDates(pem: Self.long))
        #expect(dates.notBefore.description == "2026-11-22T00:53:29.000Z")
        #expect(dates.notAfter.description == "2051-07-14T00:53:29.000Z")
    }

    @Test func `P-11: what is no certificate, or is cut off anywhere, has no dates`() {
        #expect(CertificateDates(pem: "none") == nil)
        let lines = Self.long.split(separator: "\n")
        for count in 1..<lines.count - 1 {
            let cut = (lines.prefix(count) + [lines[lines.count - 1]]).joined(separator: "\n")
            // The dates stand in the first lines: with those they can be read, or nothing is.
            let dates = CertificateDates(pem: cut)
            #expect(dates == nil, "\(count) lines")
        }
    }
}
