import { describe, expect, it } from "vitest";
import { isNumberText } from "./number-text.ts";

describe("what is typed to find somebody", () => {
  it.each([
    "+41 79 123 45 67",
    "0791234567",
    "(079) 123-45-67",
    "756.1234.5678.97",
    "12345678Z",
    "X1234567L",
  ])("is a number and goes into no address: %s", (text) => expect(isNumberText(text)).toBe(true));

  it.each(["", "ada", "Ada 2nd", "ada1815@example.org", "1815", "Unit 12", "x"])(
    "is a name or an address: %s",
    (text) => expect(isNumberText(text)).toBe(false),
  );
});
