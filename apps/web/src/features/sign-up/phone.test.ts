import { expect, test } from "vitest";
import { isEmail, isPhone } from "./phone.ts";

test("a phone number begins with the country code and may be written as people do", () => {
  for (const phone of ["+33612345678", "+33 6 12 34 56 78", "+1 (416) 555-0199", " +44.20.7946.0958 "])
    expect(isPhone(phone), phone).toBe(true);
  for (const not of ["", "0612345678", "+0612345678", "+33", "+33 6 12 34 56 78 ext 9", "+3361234567８"])
    expect(isPhone(not), not).toBe(false);
});

test("an e-mail address has something on both sides of its sign", () => {
  expect(isEmail(" ada@example.org ")).toBe(true);
  for (const not of ["", "ada", "ada@", "@example.org", "a b@example.org"])
    expect(isEmail(not), not).toBe(false);
});
