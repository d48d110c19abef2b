import { createHmac } from "node:crypto";
import { systemRandom } from "@gatehouse/base";
import { accounts } from "@gatehouse/contract";
import { newTenantDataKey, openTenantCipher } from "../../../platform/secrets/index.ts";
import { sealPersonal } from "../people/personal-data.ts";
import { type Browser, type House, MASTER_KEY, OWNER, openHouse, PUBLIC_URL } from "./house.ts";
import { SoftwareAuthenticator } from "./software-authenticator.ts";

export const PASSWORD = { email: OWNER.email, password: OWNER.password };

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an authenticator app shows, computed apart from the product's own code. */
export function appCode(secret: string, nowMs: number, step = 0): string {
  const bits = [...secret].map((char) => BASE32.indexOf(char).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000) + step));
  const mac = createHmac("sha1", bytes).update(counter).digest();
  const offset = (mac[19] as number) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** The six digits of the message sent last. */
export function lastCode(house: House): string {
  const text = house.messages.at(-1)?.text ?? "";
  const found = /(\d{3}) ?(\d{3})/.exec(text);
  if (found === null) throw new Error(`no code in ${text}`);
  return `${found[1]}${found[2]}`;
}

/** The token of the link mailed last, once it was mailed. */
export function lastToken(house: House): string {
  const found = /#([A-Za-z0-9_-]+)/.exec(house.messages.at(-1)?.text ?? "");
  if (found === null) throw new Error("no link was mailed");
  return found[1] as string;
}

/** Another code than this one. */
export const otherThan = (code: string): string => (code === "000000" ? "000001" : "000000");

export async function addTotp(house: House, browser: Browser): Promise<string> {
  const { body } = await browser.call(accounts.startTotp);
  const reply = await browser.call(accounts.addTotp, {
    body: { code: appCode(body.secret, house.clock.nowMs()) },
  });
  if (reply.status !== 201) throw new Error(`${reply.status} ${reply.code}`);
  // The code that was just used is not good again.
  house.clock.advance(60_000);
  return body.secret;
}

export async function addPasskey(browser: Browser, name = "Key"): Promise<SoftwareAuthenticator> {
  const authenticator = new SoftwareAuthenticator(PUBLIC_URL);
  const { body: options } = await browser.call(accounts.startPasskey);
  const response = authenticator.create(options);
  const reply = await browser.call(accounts.addPasskey, { body: { name, response } });
  if (reply.status !== 201) throw new Error(`${reply.status} ${reply.code}`);
  return authenticator;
}

export async function addEmail(house: House, browser: Browser): Promise<void> {
  await browser.call(accounts.startSentCodes, { params: { medium: "email" } });
  const reply = await browser.call(accounts.addSentCodes, {
    params: { medium: "email" },
    body: { code: lastCode(house) },
  });
  if (reply.status !== 201) throw new Error(`${reply.status} ${reply.code}`);
}

/** As if confirmed by SMS. */
export async function givePhone(house: House, phone: string): Promise<void> {
  const [row] = await house.query("select id, tenant_id from people where role = 'owner'");
  const { id, tenant_id } = row as { readonly id: string; readonly tenant_id: string };
  const wrapped = newTenantDataKey(MASTER_KEY, tenant_id, systemRandom);
  await house.query("update tenants set data_key = $1", [Buffer.from(wrapped)]);
  const cipher = openTenantCipher(MASTER_KEY, tenant_id, wrapped, systemRandom);
  await house.query("update people set phone = $1 where id = $2", [
    sealPersonal(cipher, id, { phone }).phone,
    id,
  ]);
}

/** A person beside the owner, with the owner's password. */
export async function addPerson(
  house: House,
  email: string,
  role: string,
  name = "Bob",
): Promise<{ readonly email: string; readonly password: string }> {
  await house.query(
    `insert into people (id, tenant_id, name, email, email_key, password_hash, role, language, created_at)
     select gen_random_uuid(), tenant_id, $3, $1, lower($1), password_hash, $2, 'en', created_at
     from people where role = 'owner' limit 1`,
    [email, role, name],
  );
  return { email, password: OWNER.password };
}

/** The calls of a log-in, by any browser. */
export const begin = (browser: Browser, body = PASSWORD) => browser.call(accounts.login, { body });
export const answer = (browser: Browser, factor: string, code: string) =>
  browser.call(accounts.answerLogin, { body: { factor, code } });
export const send = (browser: Browser, factor = "email") =>
  browser.call(accounts.sendLoginCode, { body: { factor } });

/** With an owner who has an authenticator app. */
export async function houseWithTotp(): Promise<House & { secret: string; code(step?: number): string }> {
  const house = await openHouse();
  const secret = await addTotp(house, await house.owner());
  return { ...house, secret, code: (step = 0) => appCode(secret, house.clock.nowMs(), step) };
}

/** With an owner who has codes by mail. */
export async function houseWithEmail(): Promise<House> {
  const house = await openHouse();
  await addEmail(house, await house.owner());
  return house;
}
