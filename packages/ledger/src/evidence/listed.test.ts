import { expect, it } from "vitest";
import { encodeBase64 } from "../base64.ts";
import { utf8 } from "../bytes.ts";
import { encodeEvent } from "../events.ts";
import { hidePersonal } from "../personal.ts";
import { eventOf, TestLog } from "../testing/test-log.ts";
import { type EvidenceFiles, verifyEvidence } from "./verify.ts";

const SALT = new Uint8Array(32).fill(9);
const log = TestLog.of(40);
log.append([
  encodeEvent({ ...eventOf(40), personal: { email: hidePersonal(SALT, "email", "ada@example.com") } }),
]);
const whole = log.exportRange(10, 41);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const listing = (...listed: number[]): EvidenceFiles => ({
  ...whole,
  events: utf8(listed.map((index) => `${text(log.lines[index] as Uint8Array)}\n`).join("")),
  proofs: utf8(JSON.stringify({ ...(JSON.parse(text(whole.proofs)) as object), listed })),
});
const revealing = (revealed: object): EvidenceFiles => ({
  ...listing(12, 40),
  personal: utf8(`${JSON.stringify(revealed)}\n`),
});
const right = { index: 40, name: "email", value: "ada@example.com", salt: encodeBase64(SALT) };

it("proves the listed events of a range and says how many are there by their hash alone", () => {
  expect(verifyEvidence(listing(12, 13, 30, 40))).toMatchObject({
    ok: true,
    lines: 4,
    proven: 4,
    range: { from: 10, to: 41, unlisted: 27 },
  });
  expect(verifyEvidence(listing())).toMatchObject({ ok: true, proven: 0 });
});

it("names the index of a listed event that was changed or left out", () => {
  const files = listing(12, 13, 30);
  const lines = text(files.events).split("\n");
  const changed = lines.with(1, (lines[1] as string).replace("home", "away"));
  const problems = (events: readonly string[]) =>
    verifyEvidence({ ...files, events: utf8(events.join("\n")) }).problems;
  expect(problems(changed)).toEqual([{ kind: "changed", index: 13, line: 2 }]);
  expect(problems(lines.toSpliced(2, 1))).toEqual([{ kind: "missing", index: 30, line: null }]);
});

it("refuses a list that does not rise or names what is not in the range", () => {
  for (const listed of [[9], [41], [13, 12], [12, 12], [1.5], ["12"], 12])
    expect(
      verifyEvidence({
        ...whole,
        proofs: utf8(JSON.stringify({ ...(JSON.parse(text(whole.proofs)) as object), listed })),
      }).problems[0],
    ).toEqual({ kind: "proofs_malformed", index: null, line: null });
});

it("compares a revealed value with its event", () => {
  expect(verifyEvidence(revealing(right))).toMatchObject({ ok: true, revealed: 1 });
  for (const wrong of [
    { value: "eve@example.com" },
    { name: "phone" },
    { index: 12 },
    { index: 13 },
    { salt: encodeBase64(SALT.with(0, 8)) },
  ])
    expect(verifyEvidence(revealing({ ...right, ...wrong }))).toMatchObject({
      ok: false,
      revealed: 0,
      problems: [{ kind: "personal_differs", index: { ...right, ...wrong }.index, line: 1 }],
    });
  for (const odd of [
    {},
    { ...right, index: "40" },
    { ...right, salt: "" },
    { ...right, salt: right.salt.slice(4) },
    [1],
  ])
    expect(verifyEvidence(revealing(odd)).problems).toEqual([
      { kind: "personal_malformed", index: null, line: 1 },
    ]);
});
