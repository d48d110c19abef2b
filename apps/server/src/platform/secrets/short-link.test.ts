import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createShortLinks } from "./short-link.ts";

const T0 = 1_772_366_400_000;
const links = createShortLinks(randomBytes(32));

describe("a short link", () => {
  test("names what it was made for until it expires, in 48 characters", () => {
    const id = randomUUID();
    const token = links.make(id, T0 + 1_000);
    expect(token).toMatch(/^[A-Za-z0-9_-]{48}$/);
    expect(links.open(token, T0)).toBe(id);
    expect(links.open(token, T0 + 1_000)).toBeUndefined();
  });

  test("of another installation, changed anywhere or of another shape names nothing", () => {
    const token = links.make(randomUUID(), T0 + 1_000);
    expect(createShortLinks(randomBytes(32)).open(token, T0)).toBeUndefined();
    const bytes = Buffer.from(token, "base64url");
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(links.open(changed.toString("base64url"), T0)).toBeUndefined();
      }),
    );
    for (const other of ["", token.slice(1), `${token}A`, `${token.slice(1)}=`, "e".repeat(48)])
      expect(links.open(other, T0)).toBeUndefined();
  });
});
