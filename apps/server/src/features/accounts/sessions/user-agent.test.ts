import fc from "fast-check";
import { expect, it } from "vitest";
import { describeClient } from "./user-agent.ts";

const LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";

it.each([
  [`${LINUX} Chrome/156.0.0.0 Safari/537.36`, "Chrome 156 on Linux"],
  [`${LINUX} HeadlessChrome/156.0.0.0 Safari/537.36`, "Chrome 156 on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0",
    "Edge 150 on Windows",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Safari 18 on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/150.0.1 Mobile/15E148 Safari/604.1",
    "Chrome 150 on iOS",
  ],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36",
    "Chrome 150 on Android",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140 on Linux"],
  ["curl/8.5.0", "curl 8"],
  ["Mozilla/5.0 (Windows NT 10.0)", "Unknown client on Windows"],
  ["<script>alert(1)</script>", "Unknown client"],
  ["", "Unknown client"],
  [undefined, "Unknown client"],
])("%s is told as %s", (userAgent, client) => {
  expect(describeClient(userAgent)).toBe(client);
});

it("says something short and harmless of any header, however long", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "Chrome/",
      "Version/9",
      " Safari/",
      "Mobile/",
      "Edg/1",
      "Linux",
      "999999",
      "<b>",
      "\n",
      "\0",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      const client = describeClient(pieces.join(""));
      expect(client).toMatch(/^[A-Za-z]+( client)?( \d{1,4})?( on [A-Za-z]+)?$/);
      expect(client.length).toBeLessThanOrEqual(60);
    }),
    { numRuns: 500 },
  );
});

it("does not take longer for a header made to be slow", () => {
  for (const text of ["Version/9.".repeat(50_000), "Chrome/".repeat(50_000), " ".repeat(500_000)])
    expect(describeClient(text)).toBe("Unknown client");
});
