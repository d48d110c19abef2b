import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, systemRandom, type Uuid } from "@gatehouse/base";
import { virtualClock } from "@gatehouse/testkit";
import { expect, test } from "vitest";
import { recordingTrail } from "../../platform/audit/testing/recording-trail.ts";
import { createTestDatabase } from "../../platform/database/testing/index.ts";
import {
  ensurePrivateFolder,
  kitPath,
  type MasterKey,
  openRecoveryKit,
  parseRecoveryCode,
  type RecoveryKit,
} from "../../platform/secrets/index.ts";
import { RecoveryKits } from "./service.ts";

const owner = {
  personId: "00000000-0000-4000-8000-000000000001" as Uuid,
  tenantId: "00000000-0000-4000-8000-00000000000a" as Uuid,
};
const KEY: MasterKey = new Secret(new Uint8Array(32).fill(9));

async function opened(masterKey = KEY) {
  const database = await createTestDatabase([]);
  const dataDir = await mkdtemp(join(tmpdir(), "gatehouse kit "));
  await ensurePrivateFolder(join(dataDir, "secrets"));
  const [clock, audit] = [virtualClock(), recordingTrail()];
  const deps = { db: database.db, audit, clock, random: systemRandom, dataDir };
  return {
    clock,
    audit,
    dataDir,
    kits: new RecoveryKits({ ...deps, masterKey }),
    withKey: (other: MasterKey) => new RecoveryKits({ ...deps, masterKey: other }),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
}
const asked = ({ groups, asked: numbers }: ReturnType<RecoveryKits["draft"]>): string[] =>
  numbers.map((number) => groups[number - 1] ?? "");

test("a kit counts once two of its groups were typed back, and opens the key from paper", async () => {
  await using t = await opened();
  const draft = t.kits.draft(owner.personId);
  expect(draft.groups).toHaveLength(7);
  expect(new Set(draft.asked).size).toBe(2);
  expect(await t.kits.state()).toEqual({});
  const typed = asked(draft).map((group) => group.toLowerCase());
  expect(await t.kits.confirm(owner, draft.id, typed)).toEqual({
    kit: { id: draft.id, madeMs: draft.madeMs },
  });
  expect((await stat(kitPath(t.dataDir))).mode & 0o777).toBe(0o600);
  const text = await readFile(kitPath(t.dataDir), "utf8");
  for (const group of draft.groups) expect(text).not.toContain(group);
  const key = openRecoveryKit(JSON.parse(text) as RecoveryKit, parseRecoveryCode(draft.groups.join("-")));
  expect([...key.reveal()]).toEqual([...KEY.reveal()]);
  expect(t.audit.events).toMatchObject([{ kind: "recovery_kit.made", data: { kit: draft.id } }]);
});

test("what was mistyped costs one of five tries; then, and after half an hour, another kit is needed", async () => {
  await using t = await opened();
  const draft = t.kits.draft(owner.personId);
  for (let n = 0; n < 5; n++)
    await expect(t.kits.confirm(owner, draft.id, ["AAAAA", "AAAAA"])).rejects.toMatchObject({
      code: "recovery.code_wrong",
    });
  const ended = { code: "recovery.draft_ended" };
  await expect(t.kits.confirm(owner, draft.id, asked(draft))).rejects.toMatchObject(ended);
  const late = t.kits.draft(owner.personId);
  await t.clock.advance(30 * 60_000);
  await expect(t.kits.confirm(owner, late.id, asked(late))).rejects.toMatchObject(ended);
  expect(await t.kits.state()).toEqual({});
});

test("only who drafted it confirms it, the newest draft counts, and each once", async () => {
  await using t = await opened();
  const ended = { code: "recovery.draft_ended" };
  const old = t.kits.draft(owner.personId);
  const draft = t.kits.draft(owner.personId);
  const other = { ...owner, personId: "00000000-0000-4000-8000-000000000002" as Uuid };
  await expect(t.kits.confirm(owner, old.id, asked(old))).rejects.toMatchObject(ended);
  await expect(t.kits.confirm(other, draft.id, asked(draft))).rejects.toMatchObject(ended);
  await t.kits.confirm(owner, draft.id, asked(draft));
  await expect(t.kits.confirm(owner, draft.id, asked(draft))).rejects.toMatchObject(ended);
});

test("a renewed kit replaces the one before, whose code opens it no more", async () => {
  await using t = await opened();
  const first = t.kits.draft(owner.personId);
  await t.kits.confirm(owner, first.id, asked(first));
  const second = t.kits.draft(owner.personId);
  await t.kits.confirm(owner, second.id, asked(second));
  const kit = JSON.parse(await readFile(kitPath(t.dataDir), "utf8")) as RecoveryKit;
  expect(() => openRecoveryKit(kit, first.groups)).toThrow(
    expect.objectContaining({ code: "recovery.code_wrong" }),
  );
  expect(t.audit.events.at(-1)?.data).toEqual({ kit: second.id, replaces: first.id });
});

test("a kit of another key is none", async () => {
  await using t = await opened();
  const draft = t.kits.draft(owner.personId);
  await t.kits.confirm(owner, draft.id, asked(draft));
  expect(await t.withKey(new Secret(new Uint8Array(32))).state()).toEqual({});
});
