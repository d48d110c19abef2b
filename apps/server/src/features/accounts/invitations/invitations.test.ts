import { AppError } from "@gatehouse/base";
import { accounts } from "@gatehouse/contract";
import { describe, expect, it } from "vitest";
import { type Browser, type House, OWNER, openHouse } from "../testing/house.ts";
import { codeTo, lastTo, tokenTo } from "../testing/messages.ts";
import { stepUp } from "../testing/step-up.ts";

const DAY = 86_400_000;
const MAIL = "linus@example.org";
const PHONE = "+33712345678";
const PASSWORD = "lantern ochre bicycle 41 moss";
const SITE = "0198f000-0000-7000-8000-00000000000a";

async function inviter(house: House): Promise<Browser> {
  const owner = await house.owner();
  await stepUp(owner);
  return owner;
}

const invite = (browser: Browser, part: object = {}) =>
  browser.call(accounts.invite, { body: { name: "Linus", email: MAIL, role: "operator", ...part } });

const accept = (browser: Browser, token: string) =>
  browser.call(accounts.acceptInvitation, {
    body: { token, name: "Linus T.", phone: "+33 7 12 34 56 78", password: PASSWORD, language: "fr" },
  });

const confirm = (browser: Browser, token: string, code: string) =>
  browser.call(accounts.confirmInvitation, { body: { token, code } });

describe("an invitation", () => {
  it("becomes an account with its role when link, phone and password are confirmed, and not before", async () => {
    await using house = await openHouse();
    const owner = await inviter(house);
    const made = await invite(owner);
    expect([made.status, made.body.state, made.body.invitedBy]).toEqual([201, "open", OWNER.name]);
    const token = tokenTo(house.messages, MAIL);
    const guest = house.browser();
    const opened = await guest.call(accounts.openInvitation, { body: { token } });
    expect(opened.body).toMatchObject({ organisation: OWNER.organisation, email: MAIL, step: "details" });
    const accepted = await accept(guest, token);
    expect([accepted.status, accepted.body.step, accepted.body.sentTo]).toEqual([202, "phone", "•••• 78"]);
    expect(await house.query("select count(*)::int as n from people")).toEqual([{ n: 1 }]);
    const done = await confirm(guest, token, codeTo(house.messages, PHONE));
    expect([done.status, done.body]).toEqual([201, { email: MAIL }]);
    const people = (await owner.call(accounts.listPeople)).body.items;
    expect(people).toMatchObject([
      { name: OWNER.name },
      { name: "Linus T.", role: "operator", state: "active" },
    ]);
    const login = await guest.call(accounts.login, { body: { email: MAIL, password: PASSWORD } });
    expect(login.status).toBe(200);
    expect(house.events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["person.invited", "person.confirmed"]),
    );
    const [row] = await house.query("select phone, password_hash, code from invitations");
    expect(row).toEqual({ phone: null, password_hash: null, code: null });
  });

  it("works once, for seven days, and not when it was taken back or replaced", async () => {
    await using house = await openHouse();
    const owner = await inviter(house);
    const guest = house.browser();
    const isOpen = async (token: string) =>
      (await guest.call(accounts.openInvitation, { body: { token } })).status === 200;
    await invite(owner);
    const first = tokenTo(house.messages, MAIL);
    const { id } = (await invite(owner)).body;
    const second = tokenTo(house.messages, MAIL);
    expect([await isOpen(first), await isOpen(second)]).toEqual([false, true]);
    house.clock.advance(61_000);
    expect((await owner.call(accounts.resendInvitation, { params: { id }, body: {} })).body.sent).toBe(2);
    const third = tokenTo(house.messages, MAIL);
    expect([await isOpen(second), await isOpen(third)]).toEqual([false, true]);
    expect((await owner.call(accounts.revokeInvitation, { params: { id } })).status).toBe(200);
    expect(await isOpen(third)).toBe(false);
    expect((await owner.call(accounts.resendInvitation, { params: { id }, body: {} })).code).toBe(
      "invitation.closed",
    );
    await stepUp(owner);
    await invite(owner, { email: "b@example.org" });
    house.clock.advance(7 * DAY);
    expect(await isOpen(tokenTo(house.messages, "b@example.org"))).toBe(false);
  });

  it("makes one account when it is used twice at the same time", async () => {
    await using house = await openHouse();
    const owner = await inviter(house);
    await invite(owner);
    const token = tokenTo(house.messages, MAIL);
    const guest = house.browser();
    await accept(guest, token);
    const code = codeTo(house.messages, PHONE);
    const answers = await Promise.all([confirm(guest, token, code), confirm(guest, token, code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403]);
  });

  it("is void once whoever invited is locked", async () => {
    await using house = await openHouse();
    const owner = await inviter(house);
    await invite(owner);
    await house.query("update people set state = 'disabled'");
    const reply = await accept(house.browser(), tokenTo(house.messages, MAIL));
    expect(reply.code).toBe("auth.link_invalid");
  });

  it("gives no more than its inviter has, holds at the sites it names, and tells who narrowed it", async () => {
    const narrowed: unknown[] = [];
    await using house = await openHouse({
      roles: {
        assertMayGive: async (_giver, role) => {
          if (role === "owner") throw new AppError("role.exceeds_own");
        },
        narrow: async (_tx, { role }, siteIds, givenBy) => void narrowed.push([role, siteIds, givenBy]),
        personChanged: async () => undefined,
      },
    });
    const owner = await inviter(house);
    expect((await invite(owner, { role: "owner" })).code).toBe("role.exceeds_own");
    await invite(owner, { role: "guard", siteIds: [SITE] });
    const token = tokenTo(house.messages, MAIL);
    const guest = house.browser();
    await accept(guest, token);
    await confirm(guest, token, codeTo(house.messages, PHONE));
    expect(narrowed).toEqual([["guard", [SITE], OWNER.name]]);
  });

  it("needs a second factor of the inviter and an address without an account, and is listed by state", async () => {
    await using house = await openHouse();
    const owner = await house.owner();
    expect((await invite(owner)).code).toBe("auth.step_up_required");
    await stepUp(owner);
    expect((await invite(owner, { email: OWNER.email })).code).toBe("account.email_taken");
    await invite(owner);
    const list = async (state: string) =>
      (await owner.call(accounts.listInvitations, { query: { state } })).body.total;
    expect([await list("open"), await list("used"), await list("expired")]).toEqual([1, 0, 0]);
    house.clock.advance(7 * DAY);
    const again = await house.owner();
    const states = (await again.call(accounts.listInvitations)).body.items;
    expect(states).toMatchObject([{ state: "expired", email: MAIL }]);
  });

  it("invites an organisation's first owner in nobody's name", async () => {
    await using house = await openHouse();
    await house.owner();
    const tenantId = house.tenants[0] as string;
    await house.accounts.inviteOwner(tenantId, { name: "Eva", email: "eva@example.org", language: "fr" });
    const mail = lastTo(house.messages, "eva@example.org");
    expect([mail.purpose, mail.text.includes("propriétaire")]).toEqual(["invitation", true]);
  });
});
