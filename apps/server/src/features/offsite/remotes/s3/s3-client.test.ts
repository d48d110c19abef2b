import { expect, test } from "vitest";
import { failureOf } from "./s3-client.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const MINUTE = 60_000;

const refusal = (theirMs: number | undefined, body = "") =>
  failureOf(
    {
      status: 403,
      headers: theirMs === undefined ? {} : { date: new Date(theirMs).toUTCString() },
      body: Buffer.from(body),
    },
    NOW_MS,
  );
const saying = (code: string): string => `<Error><Code>${code}</Code><Message>No.</Message></Error>`;

test.each([-16, 16])("a bodiless refusal from a clock %i minutes ahead is one of the clock", (minutes) => {
  expect(refusal(NOW_MS + minutes * MINUTE)).toMatchObject({
    code: "clock_wrong",
    detail: `${-minutes * 60} s`,
  });
});

test("a bodiless refusal from a clock that S3 takes, or without its time, is one of the key", () => {
  for (const theirMs of [NOW_MS - 14 * MINUTE, NOW_MS + 14 * MINUTE, undefined, Number.NaN])
    expect(refusal(theirMs)).toMatchObject({ code: "refused", detail: "403" });
});

test("what a refusal says counts for more than its time", () => {
  const theirMs = NOW_MS + 16 * MINUTE;
  expect(refusal(theirMs, saying("AccessDenied"))).toMatchObject({ code: "refused" });
  expect(refusal(NOW_MS, saying("RequestTimeTooSkewed"))).toMatchObject({
    code: "clock_wrong",
    detail: "0 s",
  });
});
