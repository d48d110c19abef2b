import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseCommandLine } from "./arguments.ts";
import { runOpen } from "./open.ts";

const SEALED_S = 1_795_308_600;
const key = randomBytes(32);
const film = randomBytes(100_000);
let folder = "";

/** As `Fernet(key).encrypt(film)` of Python's cryptography writes it. */
function sealed(): Buffer {
  const head = Buffer.alloc(25, 0x80);
  head.writeBigUInt64BE(BigInt(SEALED_S), 1);
  randomBytes(16).copy(head, 9);
  const sealer = createCipheriv("aes-128-cbc", key.subarray(16), head.subarray(9));
  const signed = Buffer.concat([head, sealer.update(film), sealer.final()]);
  const mac = createHmac("sha256", key.subarray(0, 16)).update(signed).digest();
  return Buffer.concat([signed, mac]);
}

const at = (name: string): string => join(folder, name);
const asToken = (bytes: Buffer): string => bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "open-"));
  await writeFile(at("clip.enc"), asToken(sealed()));
  await writeFile(at(".env"), `SAVE_DIR=/clips\nENCRYPTION_KEY="${asToken(key)}"\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function open(...words: string[]): Promise<unknown> {
  const said: unknown[] = [];
  await runOpen(parseCommandLine(["open", "fernet", ...words]), {
    result: (value, forPeople) => void said.push(value, forPeople()),
    failed: () => undefined,
  });
  return said[0];
}

test("a clip that was sealed as one token of Fernet is a film again, for its owner's eyes", async () => {
  const out = at("clip.mp4");
  const value = await open(at("clip.enc"), "--key-file", at(".env"), "--out", out);
  expect(value).toMatchObject({ out, bytes: film.length, sealedMs: SEALED_S * 1_000 });
  expect(await readFile(out)).toEqual(film);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  await expect(open(at("clip.enc"), "--key-file", at(".env"), "--out", out)).rejects.toThrow("EEXIST");
});

test("one that was changed, or of another key, is refused, and nothing is written", async () => {
  const changed = sealed();
  changed[5_000] = (changed[5_000] as number) ^ 1;
  await writeFile(at("changed.enc"), asToken(changed));
  await writeFile(at("other.key"), asToken(randomBytes(32)));
  await writeFile(at("no.key"), "swordfish\n");
  const [clip, out] = [at("clip.enc"), at("never.mp4")];
  const damaged = expect.objectContaining({ code: "segment.damaged" });
  const unusable = expect.objectContaining({ code: "request.invalid" });
  await expect(open(at("changed.enc"), "--key-file", at(".env"), "--out", out)).rejects.toEqual(damaged);
  await expect(open(clip, "--key-file", at("other.key"), "--out", out)).rejects.toEqual(damaged);
  await expect(open(clip, "--key-file", at("no.key"), "--out", out)).rejects.toEqual(unusable);
  await expect(open(at("none.enc"), "--key-file", at(".env"), "--out", out)).rejects.toEqual(unusable);
  await expect(open(clip, "--out", out)).rejects.toEqual(unusable);
  await expect(stat(out)).rejects.toThrow("ENOENT");
});
