import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Config } from "../platform/config/schema.ts";
import { runPeople } from "./people.ts";
import { readTextFile } from "./read-text-file.ts";

const folder = mkdtempSync(join(tmpdir(), "gatehouse files "));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test("a text is read exactly, without its byte order mark", async () => {
  expect(await readTextFile(file("a.csv", "\ufeffname;Zoë 🦊\r\n"))).toBe("name;Zoë 🦊\r\n");
});

test("what is not UTF-8, not there, no file or too large is refused with the reason", async () => {
  const reasonOf = (path: string): Promise<unknown> =>
    readTextFile(path).catch((error: { fields: { reason: unknown } }) => error.fields.reason);
  expect(await reasonOf(file("latin-1.csv", Buffer.from("Zo\xeb", "latin1")))).toBe("is not UTF-8");
  expect(await reasonOf(join(folder, "nowhere.csv"))).toBe("ENOENT");
  expect(await reasonOf(folder)).toBe("EISDIR");
  const large = file("large.csv", "");
  truncateSync(large, 64 * 1024 * 1024 + 1);
  expect(await reasonOf(large)).toBe("is larger than 64 MiB");
});

test("people come from CSV or JSON alone: another ending, or another content than the ending says, is refused", async () => {
  const output = { result: () => undefined } as never;
  const importing = (path: string): Promise<unknown> =>
    runPeople(
      { dataDir: folder } as Config,
      { words: ["people", "import", path], options: {} } as never,
      output,
    ).catch((error: { fields: { reason?: unknown } }) => error.fields.reason);
  expect(await importing(file("people.xlsx", "PK\u0003\u0004"))).toBe("is neither .csv nor .json");
  expect(await importing(file("people.json", "name,email\na,b"))).toBe("is not JSON");
  expect(await importing(file("other.json", '{"name":"a"}'))).toBe("is not a list");
});
