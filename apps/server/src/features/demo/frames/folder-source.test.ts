import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@gatehouse/base";
import { afterAll, expect, it, vi } from "vitest";
import { openFolder } from "./folder-source.ts";

const folder = mkdtempSync(join(tmpdir(), "gatehouse-frames-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("refuses an empty folder in words", async () => {
  const reason = await new Promise<string>((failed) =>
    openFolder(folder, 50, systemClock)(() => undefined, failed),
  );
  expect(reason).toContain("there are no .jpg files");
});

it("sends the files by name, byte for byte, and begins again after the last", async () => {
  for (const name of ["0002.jpg", "0001.JPG", "0003.jpeg", "notes.txt"])
    writeFileSync(join(folder, name), name);
  const sent: string[] = [];
  const source = openFolder(
    folder,
    50,
    systemClock,
  )(
    (jpeg) => void sent.push(Buffer.from(jpeg).toString()),
    (reason) => void sent.push(reason),
  );
  await vi.waitFor(() => expect(sent.length).toBeGreaterThan(3), { timeout: 20_000 });
  await source.stop();
  expect(sent.slice(0, 4)).toEqual(["0001.JPG", "0002.jpg", "0003.jpeg", "0001.JPG"]);
});
