import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@gatehouse/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deriveKey, openMasterKey, openSecret, replacePrivateFile, sealSecret } from "./index.ts";

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

  it("does not print", async () => {
    expect(`${await open()} ${JSON.stringify({ key: await open() })}`).toBe('[secret] {"key":"[secret]"}');
  });

  it("gives each purpose a key of its own", async () => {
    const master = await open();
    expect(deriveKey(master, "a")).toEqual(deriveKey(master, "a"));
    expect(deriveKey(master, "a")).not.toEqual(deriveKey(master, "b"));
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
