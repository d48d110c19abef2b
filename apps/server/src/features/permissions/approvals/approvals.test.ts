import { isAppError, type Uuid } from "@gatehouse/base";
import { access } from "@gatehouse/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KnownPerson } from "../ports.ts";
import { type PermissionsHouse, permissionsHouse, TENANT } from "../testing/house.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let house: PermissionsHouse;
let asker: KnownPerson;
let second: KnownPerson;
let third: KnownPerson;
let made = 0;

beforeAll(async () => {
  house = await permissionsHouse();
  [asker, second, third] = [
    await house.person("owner"),
    await house.person("owner"),
    await house.person("owner"),
  ];
  await house.act(asker, access.setApprovalPolicy, { body: { acts: ["tokens"], delayHours: 24 } });
}, 60_000);
afterAll(() => house[Symbol.asyncDispose]());
beforeEach(() => house.trail.events.splice(0));

const tokens = async () => Number((await house.query("select count(*)::int as n from api_tokens"))[0]?.n);
const stateOf = async (id: Uuid) =>
  (await house.query("select state from approvals where id = $1", [id]))[0]?.state;

/** Asks for a token, and gives the id of the request. */
async function ask(who = asker, name = `token ${made++}`): Promise<Uuid> {
  const body = { name, permissions: ["device.read"], expiresMs: house.clock.nowMs() + DAY_MS };
  try {
    await house.act(who, access.createToken, { body });
  } catch (error) {
    if (isAppError(error, "approval.required")) return (error.fields as { approvalId: Uuid }).approvalId;
    throw error;
  }
  throw new Error("nobody else was asked");
}
const decide = (
  who: KnownPerson,
  endpoint: typeof access.approve | typeof access.refuse | typeof access.withdraw | typeof access.carryOut,
  id: Uuid,
) => house.act(who, endpoint, { params: { id }, body: { reason: "as agreed" } });

describe("an act that needs a second person", () => {
  it("waits, is told to whoever may decide, and is done once somebody else approves", async () => {
    const before = await tokens();
    const id = await ask();
    expect([await tokens(), await stateOf(id)]).toEqual([before, "waiting"]);
    expect(house.told.slice(-2).sort()).toEqual([second.name, third.name].sort());
    expect(await decide(second, access.approve, id)).toMatchObject({ state: "done" });
    expect(await tokens()).toBe(before + 1);
    expect(house.trail.kinds()).toEqual(["approval.requested", "approval.given", "token.created"]);
    expect(await house.query("select distinct person_id from api_tokens")).toEqual([{ person_id: asker.id }]);
  });

  it("is one request when it is asked twice, also at the same moment", async () => {
    const [one, two] = await Promise.all([ask(asker, "same"), ask(asker, "same")]);
    expect(two).toBe(one);
    expect(await ask(asker, "same")).toBe(one);
    await decide(asker, access.withdraw, one);
    expect(await ask(asker, "same")).not.toBe(one);
  });

  it("is decided by nobody who asked for it, and by nobody who may not do it", async () => {
    const id = await ask();
    const guard = await house.person("guard");
    for (const endpoint of [access.approve, access.refuse])
      await expect(decide(asker, endpoint, id)).rejects.toMatchObject({ code: "approval.own" });
    await expect(decide(guard, access.approve, id)).rejects.toMatchObject({ code: "auth.forbidden" });
    await expect(decide(second, access.withdraw, id)).rejects.toMatchObject({ code: "approval.not_found" });
    await expect(decide(asker, access.carryOut, id)).rejects.toMatchObject({ code: "approval.own" });
    expect(await stateOf(id)).toBe("waiting");
  });

  it("leaves its state once: what is decided, withdrawn or expired cannot be decided again", async () => {
    const refused = await ask();
    await decide(second, access.refuse, refused);
    const withdrawn = await ask();
    await decide(asker, access.withdraw, withdrawn);
    const done = await ask();
    await decide(second, access.approve, done);
    const late = await ask();
    house.clock.advance(7 * DAY_MS + 1);
    const before = await tokens();
    for (const id of [refused, withdrawn, done, late])
      for (const endpoint of [access.approve, access.refuse])
        await expect(decide(third, endpoint, id)).rejects.toMatchObject({ code: "approval.closed" });
    expect(await tokens()).toBe(before);
  });

  it("is carried out once when two decide at the same moment, whatever they decide", async () => {
    for (const other of [access.approve, access.refuse]) {
      const before = await tokens();
      const id = await ask();
      const answers = await Promise.allSettled([
        decide(second, access.approve, id),
        decide(third, other, id),
      ]);
      const closed = answers.filter(({ status }) => status === "rejected");
      expect(closed).toMatchObject([{ reason: { code: "approval.closed" } }]);
      const state = await stateOf(id);
      expect(["done", "refused"]).toContain(state);
      expect(await tokens()).toBe(before + (state === "done" ? 1 : 0));
    }
  });

  it("has failed when a crash came between the decision and its end, and is not done again", async () => {
    const before = await tokens();
    const id = await ask();
    await house.query("update approvals set state = 'running' where id = $1", [id]);
    await house.again();
    expect(await stateOf(id)).toBe("failed");
    await expect(decide(second, access.approve, id)).rejects.toMatchObject({ code: "approval.closed" });
    expect(await tokens()).toBe(before);
  });

  it("fails when its requester may no longer ask for it", async () => {
    const leaver = await house.person("owner");
    const id = await ask(leaver);
    house.lock(leaver);
    expect(await decide(second, access.approve, id)).toMatchObject({
      state: "failed",
      code: "auth.forbidden",
    });
  });

  it("cannot be moved to another request: what is kept opens only where it was sealed", async () => {
    const [one, two] = [await ask(), await ask()];
    await house.query(
      "update approvals set asked = (select asked from approvals where id = $1) where id = $2",
      [one, two],
    );
    await expect(decide(second, access.approve, two)).rejects.toMatchObject({ code: "secret.unreadable" });
  });
});

describe("somebody who is alone", () => {
  it("carries an act out after the delay, unless somebody able has come", async () => {
    await using other = await permissionsHouse();
    const sole = await other.person("owner");
    await other.act(sole, access.setApprovalPolicy, { body: { acts: ["tokens"], delayHours: 24 } });
    const request = async (name: string): Promise<Uuid> => {
      const body = { name, permissions: ["device.read"], expiresMs: other.clock.nowMs() + 30 * DAY_MS };
      const error: unknown = await other.act(sole, access.createToken, { body }).catch((refusal) => refusal);
      if (!isAppError(error, "approval.required")) throw error;
      return (error.fields as { approvalId: Uuid }).approvalId;
    };
    const act = (id: Uuid) => other.act(sole, access.carryOut, { params: { id }, body: { reason: "alone" } });
    const first = await request("one");
    await expect(act(first)).rejects.toMatchObject({ code: "approval.too_early" });
    other.clock.advance(24 * HOUR_MS);
    expect(await act(first)).toMatchObject({ state: "done" });
    await expect(act(first)).rejects.toMatchObject({ code: "approval.closed" });
    const next = await request("two");
    await other.person("owner");
    other.clock.advance(24 * HOUR_MS);
    await expect(act(next)).rejects.toMatchObject({ code: "approval.own" });
    expect(
      await other.query("select count(*)::int as n from api_tokens where tenant_id = $1", [TENANT]),
    ).toEqual([{ n: 1 }]);
  });

  it("cannot switch the policy off by themselves while it demands anything", async () => {
    await expect(
      house.act(second, access.setApprovalPolicy, { body: { acts: [], delayHours: 24 } }),
    ).rejects.toMatchObject({ code: "approval.required" });
  });
});
