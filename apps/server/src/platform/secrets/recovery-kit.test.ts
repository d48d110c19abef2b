import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, systemRandom, type Uuid } from "@gatehouse/base";
import { describe, expect, it } from "vitest";
import {
  ensurePrivateFolder,
  isSameGroup,
  kitPath,
  newRecoveryCode,
  newRecoveryKit,
  openRecoveryKit,
  parseRecoveryCode,
  readRecoveryKit,
  writeRecoveryKit,
} from "./index.ts";

const master = new Secret<Uint8Array>(new Uint8Array(32).fill(5));
const made = { id: "00000000-0000-4000-8000-000000000001" as Uuid, madeMs: 1_000 };

describe("a recovery code", () => {
  const groups = newRecoveryCode(systemRandom);

  it("is seven groups of five and read however it was typed", () => {
    expect(groups).toHaveLength(7);
    for (const group of groups) expect(group).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}$/);
    for (const typed of [groups.join("-"), groups.join(" ").toLowerCase(), ` ${groups.join("")}\n`])
      expect(parseRecoveryCode(typed)).toEqual(groups);
    expect(parseRecoveryCode(groups.join("-").replaceAll("0", "o").replaceAll("1", "l"))).toEqual(groups);
    expect(isSameGroup(` ${groups[2]?.toLowerCase()}`, groups[2] ?? "")).toBe(true);
  });

  it("names the group that was mistyped, and refuses what is too long or too short", () => {
    const refused = (typed: readonly string[]) => {
      try {
        parseRecoveryCode(typed.join(" "));
      } catch (error) {
        return (error as { fields: { groups: number[] } }).fields.groups;
      }
      return undefined;
    };
    const others = [..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"].map(
      (check) => `${groups[3]?.slice(0, 4)}${check}`,
    );
    for (const other of others.filter((group) => group !== groups[3]))
      expect(refused(groups.with(3, other))).toEqual([4]);
    expect(refused([...groups, "00000"])).toEqual([]);
    expect(refused(groups.slice(1))).toEqual([]);
  });

  it("is another each time", () => {
    const codes = new Set(Array.from({ length: 100 }, () => newRecoveryCode(systemRandom).join("")));
    expect(codes.size).toBe(100);
  });
});

describe("a recovery kit", () => {
  const groups = newRecoveryCode(systemRandom);
  const kit = newRecoveryKit(master, groups, made, systemRandom);

  it("gives the master key for its code alone", () => {
    expect([...openRecoveryKit(kit, groups).reveal()]).toEqual(Array(32).fill(5));
    for (const other of [newRecoveryCode(systemRandom), groups.toReversed(), groups.slice(1), []])
      expect(() => openRecoveryKit(kit, other)).toThrow(
        expect.objectContaining({ code: "recovery.code_wrong" }),
      );
    for (const change of [
      { id: made.id.replace("1", "2") },
      { salt: "AAAA" },
      { wrapped: "AAAA" },
      { fingerprint: "" },
    ])
      expect(() => openRecoveryKit({ ...kit, ...change }, groups)).toThrow(
        expect.objectContaining({ code: "recovery.code_wrong" }),
      );
  });

  it("is kept in a private file, and what is no kit is refused by its path", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gatehouse kit "));
    await ensurePrivateFolder(join(folder, "secrets"));
    expect(await readRecoveryKit(folder)).toBeUndefined();
    await writeRecoveryKit(folder, kit, systemRandom);
    expect(await readRecoveryKit(folder)).toEqual(kit);
    for (const text of ["", "{}", JSON.stringify({ ...kit, format: 2 })]) {
      await writeFile(kitPath(folder), text);
      await expect(readRecoveryKit(folder)).rejects.toMatchObject({ code: "config.invalid" });
    }
    await rm(folder, { recursive: true });
  });
});
