import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addressesIn, callersBehind } from "./caller.ts";

const from = (remoteAddress: string | undefined, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  }) as IncomingMessage;

test("ranges hold in both families, and for an IPv4 address in IPv6 clothes", () => {
  const isIn = addressesIn(["10.0.0.0/8", "192.0.2.7", "fd00::/8", "::1"]);
  for (const address of ["10.1.2.3", "192.0.2.7", "fdff::9", "::1", "::ffff:10.1.2.3"])
    expect([address, isIn(address)]).toEqual([address, true]);
  for (const address of ["11.0.0.1", "192.0.2.8", "fe80::1", "::2", "", "proxy"])
    expect([address, isIn(address)]).toEqual([address, false]);
});

test("without trusted proxies the socket tells who asks, whatever is forwarded", () => {
  expect(callersBehind([])(from("203.0.113.9", "192.0.2.1"))).toBe("203.0.113.9");
  expect(callersBehind([])(from("127.0.0.1", "192.0.2.1"))).toBe("127.0.0.1");
  expect(callersBehind([])(from(undefined))).toBe("");
});

test("of what a trusted proxy says the last address counts, and the next only if that is a trusted proxy too", () => {
  const caller = callersBehind(["127.0.0.1", "10.0.0.0/8"]);
  expect(caller(from("127.0.0.1", "192.0.2.1, 198.51.100.7"))).toBe("198.51.100.7");
  expect(caller(from("127.0.0.1", "192.0.2.1, 198.51.100.7, 10.0.0.2"))).toBe("198.51.100.7");
  expect(caller(from("127.0.0.1", "10.0.0.3,10.0.0.2"))).toBe("10.0.0.3");
  expect(caller(from("203.0.113.9", "192.0.2.1"))).toBe("203.0.113.9");
  for (const nonsense of ["", "unknown", "192.0.2.1, ", "192.0.2.1, <script>", "192.0.2.1, 198.51.100.7:443"])
    expect([nonsense, caller(from("127.0.0.1", nonsense))]).toEqual([nonsense, "127.0.0.1"]);
});

test("whatever a caller writes in front, the proxy's own word decides", () => {
  const caller = callersBehind(["127.0.0.1"]);
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.oneof(fc.ipV4(), fc.ipV6()), (written, seen) => {
      fc.pre(seen !== "127.0.0.1");
      expect(caller(from("127.0.0.1", `${written}, ${seen}`))).toBe(seen);
    }),
  );
});
