import { Secret, systemRandom } from "@gatehouse/base";
import { describe, expect, it } from "vitest";
import { newTenantDataKey, openTenantCipher } from "./index.ts";

const master = new Secret(new Uint8Array(32).fill(7));
const [A, B] = ["0198f000-0000-7000-8000-00000000000a", "0198f000-0000-7000-8000-00000000000b"];
const place = { table: "people", column: "phone", rowId: A };
const cipherOf = (tenantId: string, wrapped = newTenantDataKey(master, tenantId, systemRandom)) =>
  openTenantCipher(master, tenantId, wrapped, systemRandom);
const unreadable = expect.objectContaining({ code: "secret.unreadable" });

describe("a tenant's data key", () => {
  it("opens what it sealed, also after it was wrapped and unwrapped", () => {
    const wrapped = newTenantDataKey(master, A, systemRandom);
    const sealed = cipherOf(A, wrapped).seal(place, "+33 6 12 34 56 78 é");
    expect(cipherOf(A, wrapped).open(place, sealed)).toBe("+33 6 12 34 56 78 é");
    expect(Buffer.from(sealed).includes("12 34")).toBe(false);
  });

  it("does not open in another row, another column, another table or when a bit is flipped", () => {
    const cipher = cipherOf(A);
    const sealed = cipher.seal(place, "secret");
    for (const other of [
      { ...place, rowId: B },
      { ...place, column: "address" },
      { ...place, table: "sign_ups" },
    ])
      expect(() => cipher.open(other, sealed)).toThrow(unreadable);
    const flipped = Uint8Array.from(sealed);
    flipped[20] = (flipped[20] as number) ^ 1;
    expect(() => cipher.open(place, flipped)).toThrow(unreadable);
  });

  it("is no other tenant's and no other installation's", () => {
    const wrapped = newTenantDataKey(master, A, systemRandom);
    expect(() => cipherOf(B, wrapped)).toThrow(unreadable);
    const stranger = new Secret(new Uint8Array(32).fill(8));
    expect(() => openTenantCipher(stranger, A, wrapped, systemRandom)).toThrow(unreadable);
    expect(() => cipherOf(B).open(place, cipherOf(A).seal(place, "x"))).toThrow(unreadable);
  });

  it("gives one text of one kind one index, which differs by tenant and kind", () => {
    const [a, b] = [cipherOf(A), cipherOf(B)];
    expect(a.blindIndex("phone", "+33612345678")).toEqual(a.blindIndex("phone", "+33612345678"));
    expect(a.blindIndex("phone", "+33612345678")).not.toEqual(a.blindIndex("phone", "+33612345679"));
    expect(a.blindIndex("phone", "+33612345678")).not.toEqual(a.blindIndex("identity", "+33612345678"));
    expect(a.blindIndex("phone", "+33612345678")).not.toEqual(b.blindIndex("phone", "+33612345678"));
  });
});
