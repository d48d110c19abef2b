import { expect, it } from "vitest";
import { isSuiteAccepted, pinAfter, SUITE_IDS } from "./suite-ids.ts";

const { C1, M1 } = SUITE_IDS;

it("a suite outside the allow-list is refused, also to a new device", () => {
  expect(isSuiteAccepted(C1, { allowed: [M1], pinned: undefined })).toBe(false);
  expect(isSuiteAccepted(M1, { allowed: [M1], pinned: undefined })).toBe(true);
  expect(isSuiteAccepted(M1, { allowed: [], pinned: undefined })).toBe(false);
});

it("a device that used M1 once never speaks C1 again, though it is allowed", () => {
  const pinned = pinAfter(C1, pinAfter(M1, pinAfter(C1, undefined)));
  expect(pinned).toBe(M1);
  expect(isSuiteAccepted(C1, { allowed: [C1, M1], pinned })).toBe(false);
  expect(isSuiteAccepted(M1, { allowed: [C1, M1], pinned })).toBe(true);
});
