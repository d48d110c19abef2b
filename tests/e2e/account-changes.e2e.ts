import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults, openBrowser } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { openPost, type Post } from "../lib/post.ts";
import { button, CODE, field, heading, LINK, logIn, OWNER, visit } from "../lib/visitor.ts";

// What people change about their own account, in a real browser: each change confirmed, and taken back.

const PASSWORD = "plum-harbour-tunnel-49-otter";
const IMPORTED_PASSWORD = "correct horse";
const NEW_ADDRESS = "ada@example.net";

let server: Gatehouse;
let browser: Browser;
let post: Post;

beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
  post = await openPost(server);
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
  await post?.[Symbol.asyncDispose]();
});

async function openAccount(page: Page, email = OWNER): Promise<void> {
  await logIn(page, server.url, email);
  await page.getByRole("button", { name: /Account of Bench Owner/ }).waitFor();
  await page.goto(`${server.url}/account`);
}

/** Whoever has no second factor confirms by password. */
async function confirmThatItIsMe(page: Page, password = PASSWORD): Promise<void> {
  const ask = page.getByRole("dialog", { name: "Confirm that it is you" });
  await ask.getByLabel("Password", { exact: true }).fill(password);
  await ask.getByRole("button", { name: "Confirm" }).click();
  await ask.waitFor({ state: "detached" });
}

test("a new phone number holds once its code was entered, and not before", async () => {
  const { context, page, faults } = await visit(browser);
  await openAccount(page);
  await field(page, "Phone").fill("+33 6 12 34 56 78");
  await button(page, "Change: Phone").click();
  await confirmThatItIsMe(page);
  await page.getByText("An SMS with a code went to").waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await field(page, "Code").fill("000000");
  await button(page, "Confirm the change").click();
  await page.getByText("The code is wrong.").waitFor();
  await field(page, "Code").fill(await post.sms("+33612345678", CODE));
  await button(page, "Confirm the change").click();
  await page.getByText("An SMS with a code went to").waitFor({ state: "detached" });
  await page.reload();
  await expect.poll(() => field(page, "Phone").inputValue()).toContain("78");
  expect(faults).toEqual([]);
  await context.close();
});

test("a new address holds by a click in its own mailbox; the old one takes it back, and every session ends", async () => {
  const { context, page, faults } = await visit(browser);
  await openAccount(page);
  await field(page, "E-mail address").fill(NEW_ADDRESS);
  await button(page, "Change: E-mail address").click();
  await confirmThatItIsMe(page);
  await page.getByText("A mail with a code went to").waitFor();
  // The link asks for the session of whoever wants the change: a click in the mailbox alone confirms nothing.
  const elsewhere = await visit(browser);
  const link = await post.mail(NEW_ADDRESS, LINK);
  await elsewhere.page.goto(link);
  await heading(elsewhere.page, "Log in");
  const sameBrowser = await context.newPage();
  await sameBrowser.goto(link);
  await button(sameBrowser, "Use this address").click();
  await heading(sameBrowser, "Your account uses the new address");

  await elsewhere.page.goto(await post.mail(OWNER, LINK));
  await heading(elsewhere.page, "Take the change back");
  expect(await accessibilityFaults(elsewhere.page)).toEqual([]);
  await button(elsewhere.page, "Take the change back").click();
  await heading(elsewhere.page, "The change is taken back");
  await page.goto(`${server.url}/account`);
  await heading(page, "Log in");
  await field(page, "E-mail address").fill(NEW_ADDRESS);
  await field(page, "Password").fill(PASSWORD);
  await button(page, "Log in").click();
  await page.getByText("The e-mail address or the password is wrong.").waitFor();

  await elsewhere.page.goto(await post.mail(OWNER, LINK));
  await field(elsewhere.page, "New password").fill("walnut-ferry-copper-71-lantern");
  await button(elsewhere.page, "Use this password").click();
  await heading(elsewhere.page, "The password is changed");
  await logIn(page, server.url, OWNER, "walnut-ferry-copper-71-lantern");
  await page.getByRole("button", { name: /Account of Bench Owner/ }).waitFor();
  expect([...faults, ...elsewhere.faults]).toEqual([]);
  await context.close();
  await elsewhere.context.close();
});

test("whoever guesses waits: the page counts down and then lets them try", async () => {
  const { context, page, faults } = await visit(browser);
  const body = JSON.stringify({ email: "somebody@example.org", password: "a guess" });
  const guess = () =>
    fetch(`${server.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body,
    }).then(({ status }) => status);
  await page.goto(`${server.url}/login`);
  await field(page, "E-mail address").fill("somebody@example.org");
  await field(page, "Password").fill("another guess");
  // Four are free; then a second, two, four, eight.
  for (let free = 0; free < 4; free++) await guess();
  for (const waitMs of [0, 1_000, 2_000, 4_000]) {
    await sleep(waitMs + 200);
    expect(await guess()).toBe(401);
  }
  expect(await guess()).toBe(429);
  const guessInPage = async () => {
    const answer = page.waitForResponse(/\/auth\/login$/);
    await button(page, "Log in").click();
    return (await answer).status();
  };
  // Where the eight seconds are over by now, this is one more guess, and then it is sixteen.
  if ((await guessInPage()) === 401) expect(await guessInPage()).toBe(429);
  const countdown = page.getByText(/You can try again in/);
  await countdown.waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByText("You can try again now.").waitFor();
  expect(await countdown.count()).toBe(0);
  expect(await button(page, "Log in").isEnabled()).toBe(true);
  expect(faults).toEqual([]);
  await context.close();
});

test("an account is erased three days after somebody asked for it, and is kept by who changes their mind", async () => {
  const { context, page, faults } = await visit(browser);
  const hash = "$2b$04$Y3lWIjebYePCYmuOZkpzT.n/W5B.ODAnEw1k0RVHyShsxCekozABK";
  const grace = { name: "Grace Hopper", email: "grace@example.org", role: "operator", passwordHash: hash };
  await server.call("POST", "/api/v1/people/import", { people: [grace] });
  await logIn(page, server.url, grace.email, IMPORTED_PASSWORD);
  await page.getByRole("button", { name: /Account of Grace Hopper/ }).waitFor();
  await page.goto(`${server.url}/account`);
  const ask = async () => {
    await button(page, "Erase my account").click();
    const dialog = page.getByRole("dialog", { name: "Erase your account?" });
    await dialog.getByText("It is erased in 72 hours").waitFor();
    await dialog.getByRole("button", { name: "Erase my account" }).click();
  };
  await ask();
  await confirmThatItIsMe(page, IMPORTED_PASSWORD);
  const due = page.getByText(/Your account is erased on/);
  await due.waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.reload();
  await due.waitFor();
  await button(page, "Keep my account").click();
  await due.waitFor({ state: "detached" });
  await ask();
  await due.waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
