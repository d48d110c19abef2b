import { seededRandom } from "@gatehouse/base";
import { expect, test } from "vitest";
import { maskEmail, maskPhone } from "./hints.ts";
import { randomDigits } from "./sent-codes.ts";

test("codes are six digits, every first digit as likely as another", () => {
  const random = seededRandom(4);
  const counts = Array<number>(10).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const code = randomDigits(random);
    expect(code).toMatch(/^\d{6}$/);
    const digit = Number(code[0]);
    counts[digit] = (counts[digit] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});

test.each([
  ["ada.lovelace@example.org", "a•••@example.org"],
  ["a@b", "a•••@b"],
  ["@b", "•••"],
  ["", "•••"],
  ['"odd@name"@example.org', '"•••@example.org'],
])("of the address %s %s is shown", (email, shown) => {
  expect(maskEmail(email)).toBe(shown);
});

test("of a number the last two digits are shown", () => {
  expect(maskPhone("+33 6 12 34 56 78")).toBe("•••• 78");
});
