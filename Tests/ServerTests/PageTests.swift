// The page comes whole, from nowhere else, and under a policy that lets nothing else in.
import Foundation
import Model
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(10))) struct PageTests {
    @Test func `the page is served to everybody, with its policy`() async throws {
        let answer = try await House().serving { try await $0.get("/", token: nil) }
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
        #expect(answer.headers["content-length"] == String(Page.shared.html.utf8.count))
        let policy = try #require(answer.headers["content-security-policy"])
        #expect(policy == Page.shared.policy)
        #expect(policy.hasPrefix("default-src 'none'; script-src 'sha256-"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("unsafe"))
    }

    @Test func `the policy names the digests of the page's own script and style`() {
        let page = Page(html: "<style>a</style><script>b</script>")
        #expect(
            page.policy.contains("style-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='"))
        #expect(
            page.policy.contains("script-src 'sha256-PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0='")
        )
    }

    @Test func `the page holds no reference to the outside`() {
        let html = Page.shared.html
        for reference in ["http:", "https:", "src=", "url(", "@import", "import(", "\"//"] {
            #expect(!html.contains(reference), "\(reference)")
        }
        #expect(html.components(separatedBy: "<script>").count == 2)
        #expect(html.components(separatedBy: "<style>").count == 2)
    }

    @Test func `the page puts nothing in as markup and runs no text`() {
        let html = Page.shared.html
        for danger in [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
            "new Function", "style=", "onclick=\"", "javascript:",
        ] {
            #expect(!html.contains(danger), "\(danger)")
        }
    }
}
