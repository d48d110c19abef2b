import { strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import { textOf } from "../command.ts";
import { openZip } from "../open-export.ts";
import { caseFiles } from "../testing/cases.ts";
import { verifyOpened } from "../verify-opened.ts";

type Files = Record<string, Uint8Array>;

function verify(files: Files) {
  const opened = openZip(zipSync(files, { level: 0 }));
  if (opened.state !== "complete") throw new Error(opened.state);
  const report = verifyOpened(opened, {});
  return {
    report,
    problems: [
      ...(report.bundle?.problems ?? []).map(({ kind, file }) => `${kind} ${file ?? ""}`.trim()),
      ...(report.bundle?.clips ?? []).flatMap(({ folder, report: clip }) =>
        clip.problems.map(({ kind, segment }) => `${folder} ${kind} ${segment?.at(-1) ?? ""}`.trim()),
      ),
    ],
  };
}
const without = (files: Files, name: string): Files => {
  const { [name]: _gone, ...rest } = files;
  return rest;
};

it("proves every clip of a bundle by itself, and says what of it nobody proves", () => {
  const { report, problems } = verify(caseFiles());
  expect(problems).toEqual([]);
  expect(report).toMatchObject({
    ok: true,
    problemCount: 0,
    bundle: {
      clips: [{ folder: "01" }, { folder: "02" }],
      unproven: ["report.pdf", "clips/01/film.mp4"],
    },
  });
  expect(textOf(report)).toContain("NOT PROVEN, only listed: report.pdf, clips/01/film.mp4");
  expect(textOf(report)).toContain("clips/02: Clip of camera");
});

it("names what is wrong in one of its clips with its folder, and calls the others genuine", () => {
  const files = caseFiles();
  const name = Object.keys(files).find((one) => /^clips\/02\/frames\/.*00003\.jpg$/.test(one)) as string;
  const { report, problems } = verify({ ...files, [name]: strToU8("another") });
  expect(problems).toEqual([`file_differs ${name}`, "02 frame_changed 0"]);
  expect(report.bundle?.clips.map(({ report: { ok } }) => ok)).toEqual([true, false]);
  expect(textOf(report)).toContain("frame_changed, clips/02, segment");
});

it("names files that are not those of the list, and a list that is none", () => {
  const files = caseFiles();
  expect(verify({ ...files, "report.pdf": strToU8("another") }).problems).toEqual([
    "file_differs report.pdf",
  ]);
  expect(verify(without(files, "clips/01/film.mp4")).problems).toEqual(["file_missing clips/01/film.mp4"]);
  expect(verify(without(files, "clips/02/clip.json")).problems).toEqual([
    "file_missing clips/02/clip.json",
    "02 clip_malformed",
  ]);
  expect(verify({ ...files, "case.json": strToU8("[]") }).problems).toEqual(["case_malformed"]);
});
