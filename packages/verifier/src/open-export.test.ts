import { strToU8, zipSync } from "fflate";
import { expect, it } from "vitest";
import { openZip } from "./open-export.ts";

const FILES = ["events.ndjson", "checkpoint", "proofs.json", "keys.json"];
const contents = (...more: string[]) =>
  Object.fromEntries([...FILES, ...more].map((name) => [name, strToU8(`${name} `)]));

it("takes the files of the evidence and leaves the others in the zip", () => {
  const opened = openZip(zipSync(contents("../../etc/passwd", "verify.html")));
  if (opened.state !== "complete") throw new Error(opened.state);
  expect(Buffer.from(opened.files.events).toString()).toBe("events.ndjson ");
});

it("does not choose between two files of one name", () => {
  const zip = Buffer.from(zipSync(contents("eventz.ndjson")));
  for (let at = zip.indexOf("eventz.ndjson"); at >= 0; at = zip.indexOf("eventz.ndjson"))
    zip.write("events", at);
  expect(openZip(zip)).toEqual({ state: "unreadable" });
});

it("names what is missing, and calls what is no zip unreadable", () => {
  expect(openZip(zipSync({ checkpoint: strToU8("x") }))).toMatchObject({ state: "incomplete" });
  expect(openZip(strToU8("PK no"))).toEqual({ state: "unreadable" });
});
