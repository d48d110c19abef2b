import { accounts } from "@gatehouse/contract";
import { type Browser, type House, OWNER, type Reply } from "./house.ts";
import { codeTo } from "./messages.ts";

const wanted = (reply: Reply): void => {
  if (reply.status !== 200) throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`);
};

/** With the password, of somebody who has no second factor. */
export async function stepUp(browser: Browser, password = OWNER.password): Promise<void> {
  wanted(await browser.call(accounts.stepUp, { body: { factor: "password", password } }));
}

/** Of a customer, who has codes by mail. */
export async function stepUpByMail(house: House, browser: Browser, email: string): Promise<void> {
  wanted(await browser.call(accounts.sendStepUpCode, { body: { factor: "email" } }));
  const code = codeTo(house.messages, email);
  wanted(await browser.call(accounts.stepUp, { body: { factor: "email", code } }));
}

/** Password, and a code by mail where one is asked for. */
export async function logIn(house: House, browser: Browser, email: string, password: string): Promise<void> {
  const first = await browser.call(accounts.login, { body: { email, password } });
  wanted(first);
  if (first.body.step === "done") return;
  wanted(await browser.call(accounts.sendLoginCode, { body: { factor: "email" } }));
  const code = codeTo(house.messages, email);
  wanted(await browser.call(accounts.answerLogin, { body: { factor: "email", code } }));
}
