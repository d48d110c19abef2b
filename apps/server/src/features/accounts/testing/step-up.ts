import { accounts } from "@gatehouse/contract";
import { type Browser, OWNER } from "./house.ts";

/** With the password, of somebody who has no second factor. */
export async function stepUp(browser: Browser, password = OWNER.password): Promise<void> {
  const reply = await browser.call(accounts.stepUp, { body: { factor: "password", password } });
  if (reply.status !== 200) throw new Error(`${reply.status} ${reply.code} ${JSON.stringify(reply.body)}`);
}
