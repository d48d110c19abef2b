import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaults, openBrowser } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { openPost, type Post } from "../lib/post.ts";
import { button, CODE, DESKTOP, field, heading, LINK, logIn, OWNER, PHONE, visit } from "../lib/visitor.ts";

// The pages before log-in: an invitation, a forgotten password, and how all of them look.

let server: Gatehouse;
let browser: Browser;
let post: Post;

beforeAll(async () => {
  [server, browser] = await Promise.all([startGatehouse(), openBrowser()]);
  post = await openPost(server);
  await server.call("PATCH", "/api/v1/settings", { signUp: true });
});
afterAll(async () => {
  await browser?.close();
  await server?.end();
  await post?.[Symbol.asyncDispose]();
});

test("somebody who is invited chooses a password, confirms the phone and is led to a second factor", async () => {
  const { context, page, faults } = await visit(browser, { viewport: PHONE, colorScheme: "dark" });
  await server.call("PATCH", "/api/v1/settings", { requireStaffFactor: "always" });
  await server.call("POST", "/api/v1/invitations", {
    name: "Alan Guard",
    email: "alan@example.org",
    role: "guard",
  });
  await page.goto(await post.mail("alan@example.org", LINK));
  await heading(page, "Bench invites you");
  await field(page, "Mobile phone").fill("0612");
  await field(page, "Password").fill("short");
  await button(page, "Go on").click();
  await page.getByText("Begin with + and the country code").waitFor();
  await field(page, "Mobile phone").fill("+33 6 11 22 33 44");
  await field(page, "Password").fill("Password1234");
  await button(page, "Go on").click();
  await page.getByText("This password is too easy to guess.").waitFor();
  await field(page, "Password").fill("granite-otter-meadow-58-kettle");
  await button(page, "Go on").click();
  await heading(page, "Confirm your phone");
  await field(page, "Code").fill(await post.sms("+33611223344", CODE));
  await button(page, "Confirm").click();
  await heading(page, "Your account is there");
  await logIn(page, server.url, "alan@example.org", "granite-otter-meadow-58-kettle");
  await heading(page, "Set up a second factor");
  expect([...(await accessibilityFaults(page)), ...faults]).toEqual([]);
  await server.call("PATCH", "/api/v1/settings", { requireStaffFactor: "never" });
  await context.close();
});

test("a forgotten password is chosen anew by a mailed link, and the old one is worth nothing", async () => {
  const { context, page, faults } = await visit(browser);
  await page.goto(`${server.url}/login`);
  await page.getByRole("link", { name: "Forgot the password?" }).click();
  await field(page, "E-mail address").fill(OWNER);
  await button(page, "Send the link").click();
  await page.goto(await post.mail(OWNER, LINK));
  await field(page, "New password").fill("cobalt-heron-ladder-83-biscuit");
  await button(page, "Use this password").click();
  await heading(page, "The password is changed");
  await logIn(page, server.url, OWNER);
  await page.getByText("The e-mail address or the password is wrong.").waitFor();
  await logIn(page, server.url, OWNER, "cobalt-heron-ladder-83-biscuit");
  await page.getByRole("button", { name: /Account of Bench Owner/ }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

const TOKEN = "A".repeat(32);
const LOOKS = [
  { viewport: PHONE, colorScheme: "dark", locale: "fr-FR" },
  { viewport: DESKTOP, colorScheme: "light", locale: "en-GB" },
] as const;

for (const look of LOOKS) {
  test(`pages before log-in are accessible and within their width, ${look.locale}, ${look.colorScheme}`, async () => {
    const { context, page, faults } = await visit(browser, look);
    const found: string[] = [];
    for (const path of [
      "/login",
      "/login?step=link",
      "/login?step=forgot",
      "/login?step=factor",
      `/login/link#${TOKEN}`,
      "/login/link",
      `/login/reset#${TOKEN}`,
      `/revert#${TOKEN}`,
      "/sign-up",
      `/sign-up?id=${"0".repeat(32)}`,
      `/sign-up/confirm#${TOKEN}`,
      `/invitation#${TOKEN}`,
    ]) {
      await page.goto(server.url + path);
      await page.locator("h1").first().waitFor();
      await expect
        .poll(async () => [path, await page.locator("html").getAttribute("lang")])
        .toEqual([path, look.locale.slice(0, 2)]);
      for (const fault of await accessibilityFaults(page)) found.push(`${path}: ${fault}`);
      if (await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
        found.push(`${path}: scrolls sideways`);
    }
    expect([...found, ...faults]).toEqual([]);
    await context.close();
  });
}
