import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeVerifierKey, fingerprintOf } from "@gatehouse/ledger";
import { Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { zipSync } from "fflate";
import { afterAll, expect, it } from "vitest";
import { ownerSigner, rootSigner, witnessSigner } from "../../ledger/src/testing/parties.ts";
import { TestLog } from "../../ledger/src/testing/test-log.ts";
import { EXIT, runVerify, type VerifyOptions } from "./command.ts";
import { EXPORT_FILES } from "./open-export.ts";

const folder = mkdtempSync(join(tmpdir(), "verify "));
afterAll(() => rmSync(folder, { recursive: true }));

const evidence = TestLog.of(50).exportRange(5, 45);
const files = (change: (events: string) => string = (events) => events): Record<string, Uint8Array> => ({
  [EXPORT_FILES.events]: new TextEncoder().encode(change(new TextDecoder().decode(evidence.events))),
  [EXPORT_FILES.checkpoint]: evidence.checkpoint,
  [EXPORT_FILES.proofs]: evidence.proofs,
  [EXPORT_FILES.keys]: evidence.keys,
});
const zipped = (name: string, content: Record<string, Uint8Array>): string => {
  const path = join(folder, name);
  writeFileSync(path, zipSync(content));
  return path;
};
const run = async (file: string, more: Partial<VerifyOptions> = {}) => {
  const said: string[] = [];
  const code = await runVerify({ file, ...more }, (text) => said.push(text));
  return { code, text: said.join("\n") };
};

const good = zipped("good.zip", files());
const fingerprint = fingerprintOf(rootSigner.key.publicKey);

it("says that an export is genuine only when its fingerprint was compared", async () => {
  expect(await run(good)).toMatchObject({ code: EXIT.genuine, text: expect.stringContaining("NOT PINNED") });
  expect(await run(good, { fingerprint })).toMatchObject({
    code: EXIT.genuine,
    text: expect.stringContaining("Genuine:"),
  });
  const other = fingerprintOf(ownerSigner.key.publicKey);
  expect(await run(good, { fingerprint: other })).toMatchObject({ code: EXIT.wrong });
});

it("says of a witness whether the reader knew it", async () => {
  expect((await run(good)).text).toContain("says nothing alone");
  const known = await run(good, { witnesses: [encodeVerifierKey(witnessSigner.key)] });
  expect(known.text).toContain("saw this log at 2026-11-21T10:00:00Z");
});

it("names the index and the line of what was changed, and ends with an error", async () => {
  const changed = zipped(
    "changed.zip",
    files((events) => events.replace('"attempt":3', '"attempt":2')),
  );
  const { code, text } = await run(changed);
  expect(code).toBe(EXIT.wrong);
  expect(text).toContain("changed, index 7, line 3");
  expect(JSON.parse((await run(changed, { json: true })).text)).toMatchObject({
    ok: false,
    problems: [{ kind: "changed", index: 7, line: 3 }],
  });
});

it("reads a folder like the zip", async () => {
  const unpacked = join(folder, "unpacked");
  mkdirSync(unpacked);
  for (const [name, bytes] of Object.entries(files())) writeFileSync(join(unpacked, name), bytes);
  expect((await run(unpacked, { fingerprint })).code).toBe(EXIT.genuine);
});

it("tells what is no export from what is not genuine", async () => {
  writeFileSync(join(folder, "noise.zip"), "PK no zip at all");
  expect((await run(join(folder, "noise.zip"))).code).toBe(EXIT.unreadable);
  expect((await run(join(folder, "absent.zip"))).code).toBe(EXIT.unreadable);
  const { [EXPORT_FILES.keys]: _keys, ...partial } = files();
  expect(await run(zipped("partial.zip", partial))).toEqual({
    code: EXIT.unreadable,
    text: "The export is not whole: keys.json.",
  });
});

it("opens what is encrypted as a whole with its password or a key, and says what it lacks", async () => {
  const identity = await generateX25519Identity();
  const encrypted = async (name: string, setUp: (encrypter: Encrypter) => void): Promise<string> => {
    const encrypter = new Encrypter();
    setUp(encrypter);
    const path = join(folder, name);
    writeFileSync(path, await encrypter.encrypt(readFileSync(good)));
    return path;
  };
  const byPassword = await encrypted("password.age", (encrypter) => {
    encrypter.setScryptWorkFactor(10);
    encrypter.setPassphrase("open sesame");
  });
  const recipient = await identityToRecipient(identity);
  const byKey = await encrypted("key.age", (encrypter) => encrypter.addRecipient(recipient));
  const [passwordFile, wrongFile, identityFile] = ["password", "wrong", "identity"].map((name) =>
    join(folder, name),
  );
  writeFileSync(passwordFile as string, "open sesame\n");
  writeFileSync(wrongFile as string, "open barley\n");
  writeFileSync(identityFile as string, `# created\n${identity}\n`);
  expect(await run(byPassword)).toMatchObject({
    code: EXIT.unreadable,
    text: expect.stringContaining("--password-file"),
  });
  expect(await run(byPassword, { passwordFile: wrongFile })).toMatchObject({
    code: EXIT.unreadable,
    text: expect.stringContaining("does not open it"),
  });
  expect((await run(byPassword, { passwordFile, fingerprint })).code).toBe(EXIT.genuine);
  expect((await run(byKey, { identityFile, fingerprint })).code).toBe(EXIT.genuine);
});
