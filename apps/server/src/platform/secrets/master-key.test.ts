import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@gatehouse/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  deriveKey,
  findKeyFile,
  openMasterKey,
  openSecret,
  replacePrivateFile,
  sealSecret,
  writePlainKey,
  writeSealedKey,
} from "./index.ts";

let dataDir: string;
let keyFile: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "gatehouse secrets "));
  keyFile = join(dataDir, "secrets", "master.key");
});
afterEach(() => rm(dataDir, { recursive: true }));

const open = () => openMasterKey(dataDir, systemRandom);
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe("the master key", () => {
  it("is made once, 32 bytes that only its user can read, and stays the same", async () => {
    const first = (await open()).reveal();
    expect(first).toHaveLength(32);
    expect(await modeOf(keyFile)).toBe("600");
    expect(await modeOf(join(dataDir, "secrets"))).toBe("700");
    expect((await open()).reveal()).toEqual(first);
    expect(await readdir(join(dataDir, "secrets"))).toEqual(["master.key"]);
  });

  it("is the same for processes that start together", async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, open));
    expect(new Set(keys.map((key) => Buffer.from(key.reveal()).toString("hex"))).size).toBe(1);
  });

  it.each([0o640, 0o604, 0o660])("is refused when its mode is %o, saying how to mend it", async (mode) => {
    await open();
    await chmod(keyFile, mode);
    await expect(open()).rejects.toMatchObject({
      code: "config.invalid",
      fields: { path: keyFile, reason: expect.stringContaining(`chmod 600 '${keyFile}'`) },
    });
  });

  it("is refused when others can enter its folder", async () => {
    await open();
    await chmod(join(dataDir, "secrets"), 0o755);
    await expect(open()).rejects.toMatchObject({ code: "config.invalid" });
  });

  it("is refused when it is a link or not 32 bytes long", async () => {
    await open();
    await rm(keyFile);
    await writeFile(join(dataDir, "elsewhere"), Buffer.alloc(32), { mode: 0o600 });
    await symlink(join(dataDir, "elsewhere"), keyFile);
    await expect(open()).rejects.toMatchObject({ code: "config.invalid" });
    await replacePrivateFile(keyFile, Buffer.alloc(31), systemRandom);
    await expect(open()).rejects.toMatchObject({ code: "config.invalid" });
  });

  it("is not made anew where something belongs to it already", async () => {
    await expect(openMasterKey(dataDir, systemRandom, { mayMake: false })).rejects.toMatchObject({
      code: "key.missing",
      fields: { path: keyFile },
    });
    expect(await readdir(join(dataDir, "secrets"))).toEqual([]);
  });

  it("does not print", async () => {
    expect(`${await open()} ${JSON.stringify({ key: await open() })}`).toBe('[secret] {"key":"[secret]"}');
  });

  it("gives each purpose a key of its own", async () => {
    const master = await open();
    expect(deriveKey(master, "a")).toEqual(deriveKey(master, "a"));
    expect(deriveKey(master, "a")).not.toEqual(deriveKey(master, "b"));
  });
});

describe("a master key that is sealed with a passphrase", () => {
  const PASSPHRASE = "trois petits chats été";
  const openWith = (passphrase: string) =>
    openMasterKey(dataDir, systemRandom, { passphrase: async () => passphrase });

  it("is the same key for the passphrase alone, and no longer there in the clear", async () => {
    const key = await open();
    await writeSealedKey(dataDir, key, PASSPHRASE, systemRandom);
    expect(await readdir(join(dataDir, "secrets"))).toEqual(["master.key.sealed"]);
    expect(await modeOf(`${keyFile}.sealed`)).toBe("600");
    expect((await openWith(PASSPHRASE)).reveal()).toEqual(key.reveal());
    expect((await openWith(PASSPHRASE.normalize("NFD"))).reveal()).toEqual(key.reveal());
    await expect(openWith(`${PASSPHRASE} `)).rejects.toMatchObject({ code: "key.passphrase_wrong" });
    await expect(open()).rejects.toMatchObject({ code: "key.passphrase_needed" });
    await writePlainKey(dataDir, key, systemRandom);
    expect(await readdir(join(dataDir, "secrets"))).toEqual(["master.key"]);
    expect((await open()).reveal()).toEqual(key.reveal());
  });

  it("tells whose it is without the passphrase", async () => {
    const plain = await findKeyFile(dataDir)
      .then(open)
      .then(() => findKeyFile(dataDir));
    await writeSealedKey(dataDir, await open(), PASSPHRASE, systemRandom);
    expect(await findKeyFile(dataDir)).toMatchObject({ state: "sealed", fingerprint: plain?.fingerprint });
  });

  it("takes no short passphrase, and leaves the key as it was then", async () => {
    const key = await open();
    await expect(writeSealedKey(dataDir, key, "short", systemRandom)).rejects.toMatchObject({
      code: "key.passphrase_weak",
    });
    expect(await readdir(join(dataDir, "secrets"))).toEqual(["master.key"]);
  });

  it("is refused when its file was changed or is none", async () => {
    await writeSealedKey(dataDir, await open(), PASSPHRASE, systemRandom);
    const path = `${keyFile}.sealed`;
    const file = JSON.parse(await readFile(path, "utf8"));
    for (const [change, code] of [
      [{ sealed: "AAAA" }, "key.passphrase_wrong"],
      [{ fingerprint: "0000" }, "key.passphrase_wrong"],
      [{ argon2id: { ...file.argon2id, passes: 2 } }, "key.passphrase_wrong"],
      [{ argon2id: { ...file.argon2id, memoryKib: 2 ** 30 } }, "config.invalid"],
      [{ format: 2 }, "config.invalid"],
    ]) {
      await writeFile(path, JSON.stringify({ ...file, ...(change as object) }));
      await expect(openWith(PASSPHRASE)).rejects.toMatchObject({ code });
    }
  });
});

describe("a sealed secret", () => {
  const key = systemRandom.bytes(32);

  it("opens to what was sealed, and twice the same text looks different", () => {
    const sealed = sealSecret(key, "gh_é", "device/1", systemRandom);
    expect(Buffer.from(openSecret(key, sealed, "device/1")).toString()).toBe("gh_é");
    expect(sealSecret(key, "gh_é", "device/1", systemRandom)).not.toEqual(sealed);
    expect(openSecret(key, sealSecret(key, "", "c", systemRandom), "c")).toHaveLength(0);
  });

  it("does not open in another place, with another key, cut short, or with any byte changed", () => {
    const sealed = sealSecret(key, "value", "device/1", systemRandom);
    const refused = { code: "secret.unreadable", fields: {} };
    expect(() => openSecret(key, sealed, "device/2")).toThrow(expect.objectContaining(refused));
    expect(() => openSecret(systemRandom.bytes(32), sealed, "device/1")).toThrow(
      expect.objectContaining(refused),
    );
    for (let i = 0; i < sealed.length; i++) {
      const altered = Uint8Array.from(sealed);
      altered[i] = (altered[i] as number) ^ 1;
      expect(() => openSecret(key, altered, "device/1")).toThrow(expect.objectContaining(refused));
      expect(() => openSecret(key, sealed.subarray(0, i), "device/1")).toThrow(
        expect.objectContaining(refused),
      );
    }
  });
});
