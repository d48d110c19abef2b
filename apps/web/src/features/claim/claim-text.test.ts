import { expect, test } from "vitest";
import { claimCommand, codeOf } from "./claim-text.ts";

const CODE = "7QF4-M2KD-91XV-0A8B-CDEF-GHJK-MNPQ";

test("a code is read from the fragment however it is typed", () => {
  expect(codeOf(`#${CODE}`)).toBe(CODE);
  expect(codeOf(CODE.toLowerCase())).toBe(CODE);
});

test("what is no code is none, so that nothing foreign gets into the command", () => {
  for (const text of [
    "",
    "#",
    "#token=abc",
    `#${CODE}'; rm -rf ~; '`,
    "#<script>",
    `#${CODE}-`,
    "#UUUU-UUUU",
  ])
    expect(codeOf(text)).toBeUndefined();
});

test("the command asks this server for the key", () => {
  expect(claimCommand("https://gate.example", CODE)).toBe(
    [
      "curl -X POST https://gate.example/api/v1/devices/claim \\",
      "  -H 'Content-Type: application/json' \\",
      `  -d '{"code":"${CODE}"}'`,
    ].join("\n"),
  );
});
