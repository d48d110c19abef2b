import type { cameras } from "@gatehouse/contract";
import { expect, test } from "vitest";
import { bodyOf, type Draft, draftOf, EMPTY, missingOf } from "./offsite-draft.ts";

const s3: Draft = {
  ...EMPTY,
  ...{ name: " Store ", address: "https://s3.example.org", bucket: "films", accessKeyId: "id", secret: "s" },
  ...{ megabits: 10, prefix: "house", keepDays: 30 },
};

test("what was typed becomes a body, and comes back the same but for the secret", () => {
  const body = bodyOf(s3);
  expect(body).toMatchObject({ name: "Store", rateBytes: 1_250_000, settings: { prefix: "house/" } });
  const target = { ...body, id: "t", health: "ok", updatedMs: 1 } as unknown as cameras.OffsiteTarget;
  expect(draftOf(target)).toEqual({ ...s3, name: "Store", prefix: "house/", secret: "" });
});

test("what is missing is named; a stored secret may stay as it is", () => {
  expect(missingOf(EMPTY, false)).toEqual(["name", "address", "bucket", "accessKeyId", "secret"]);
  expect(missingOf({ ...s3, secret: "", megabits: "" }, true)).toEqual(["megabits"]);
  const inbox = "018f0000-0000-7000-8000-000000000001";
  const other: Draft = { ...s3, kind: "gatehouse", inboxId: inbox };
  expect(missingOf({ ...other, inboxId: " " }, false)).toEqual(["inboxId"]);
  expect(bodyOf(other).settings).toEqual({ kind: "gatehouse", url: s3.address, inboxId: inbox, token: "s" });
});
