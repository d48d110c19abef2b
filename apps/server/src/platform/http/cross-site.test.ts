import { expect, test } from "vitest";
import { assertSameOrigin, assertSameSite } from "./cross-site.ts";

const refused = (run: () => void) => expect(run).toThrow(/request\.cross_site/);

test("lets same-origin requests, typed addresses and programs pass", () => {
  assertSameSite("POST", { "sec-fetch-site": "same-origin" }, "gate.local");
  assertSameSite("POST", { "sec-fetch-site": "none" }, "gate.local");
  assertSameSite("POST", { origin: "https://gate.local" }, "gate.local");
  assertSameSite("POST", {}, "gate.local");
});

test("refuses another site, a sibling, a null origin and a look-alike", () => {
  refused(() => assertSameSite("POST", { "sec-fetch-site": "cross-site" }, "gate.local"));
  refused(() => assertSameSite("DELETE", { "sec-fetch-site": "same-site" }, "gate.local"));
  refused(() => assertSameSite("POST", { origin: "null" }, "gate.local"));
  refused(() => assertSameSite("POST", { origin: "https://gate.local.evil.example" }, "gate.local"));
  refused(() => assertSameSite("POST", { origin: "https://gate.local:8443" }, "gate.local"));
  refused(() => assertSameSite("POST", { origin: "not a url" }, "gate.local"));
});

test("safe methods pass, but an upgrade is checked although it is a GET", () => {
  assertSameSite("GET", { "sec-fetch-site": "cross-site" }, "gate.local");
  refused(() => assertSameOrigin({ "sec-fetch-site": "cross-site" }, "gate.local"));
  refused(() => assertSameOrigin({ origin: "https://evil.example" }, "gate.local"));
});
