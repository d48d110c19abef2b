import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hotp } from "../../apps/server/src/platform/secrets/totp.ts";
import { accessibilityFaults, openBrowser, useSession } from "../lib/browser.ts";
import { type Gatehouse, startGatehouse } from "../lib/gatehouse.ts";
import { openPost, type Post } from "../lib/post.ts";
import { takePulse } from "../lib/pulse.ts";
import { button, CODE, field, heading, LINK, logIn, OWNER, PHONE, visit } from "../lib/visitor.ts";

// People with the console in real browsers: from sign-up to the first log-in, every second factor, and mistakes.

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

const inConsole = (page: Page) => page.getByRole("button", { name: /Account of Bench Owner/ }).waitFor();

async function logOut(page: Page): Promise<void> {
  await page.context().clearCookies();
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6, as an authenticator app reads a typed secret. */
function secretBytes(text: string): Uint8Array {
  const bits = [...text].map((char) => BASE32.indexOf(char).toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** The code that an app shows `steps` times 30 s from now. */
const appCode = (secret: string, steps = 0): string =>
  hotp(secretBytes(secret), Math.floor(Date.now() / 30_000) + steps);

/** A security key in the page's browser; it answers only while it is touched. */
async function plugInAuthenticator(page: Page): Promise<(touched: boolean) => Promise<unknown>> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: false,
    },
  });
  return (enabled) => session.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
}

async function signUp(page: Page, email: string, phone: string): Promise<void> {
  await page.goto(`${server.url}/sign-up`);
  await heading(page, "Sign up with Bench");
  await field(page, "Name").fill("Grace Hopper");
  await field(page, "E-mail address").fill(email);
  await field(page, "Mobile phone").fill(phone);
  await field(page, "Postal address").fill("1 Pier Road\nHarbour Town");
  await field(page, "Password").fill("walnut-ferry-copper-71-lantern");
  await button(page, "Sign up").click();
}

async function waiting(): Promise<string> {
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/people?state=waiting");
  return items[0]?.id ?? "nobody";
}

test("a customer signs up, is let in and logs in, on a phone", async () => {
  const { context, page, faults } = await visit(browser, { viewport: PHONE });
  await signUp(page, "grace@example.org", "+33 7 12 34 56 78");
  await heading(page, "Confirm your e-mail address");
  expect(await accessibilityFaults(page)).toEqual([]);
  await field(page, "Code").fill("000000");
  await button(page, "Confirm").click();
  await page.getByText("The code is wrong.").waitFor();
  await field(page, "Code").fill(await post.mail("grace@example.org", CODE));
  await button(page, "Confirm").click();
  await heading(page, "Confirm your phone");
  await page.reload();
  await heading(page, "Confirm your phone");
  await field(page, "Code").fill(await post.sms("+33712345678", CODE));
  await button(page, "Confirm").click();
  await heading(page, "Waiting for the decision");

  await logIn(page, server.url, "grace@example.org", "walnut-ferry-copper-71-lantern");
  await page.getByText("The e-mail address or the password is wrong.").waitFor();
  await server.call("POST", `/api/v1/people/${await waiting()}/approve`, {});
  await page.goto(`${server.url}/sign-up`);
  await heading(page, "You are in");
  await page.getByRole("link", { name: "Log in" }).click();
  await field(page, "E-mail address").fill("grace@example.org");
  await field(page, "Password").fill("walnut-ferry-copper-71-lantern");
  await button(page, "Log in").click();
  await heading(page, "One more step");
  await button(page, "Send the code").click();
  await field(page, "Code").fill(await post.mail("grace@example.org", CODE));
  await button(page, "Log in").click();
  await heading(page, "Hello Grace Hopper");
  expect(page.url()).toBe(`${server.url}/my`);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.goto(`${server.url}/devices`);
  await heading(page, "Hello Grace Hopper");
  await page.getByRole("link", { name: "Me", exact: true }).click();
  await heading(page, "Grace Hopper, customer of Bench.");
  await page.getByRole("heading", { name: "Your sessions" }).waitFor();
  expect([...(await accessibilityFaults(page)), ...faults]).toEqual([]);
  await context.close();
});

test("a mailed link logs in where it was asked for, once, by a click; an unknown address hears the same", async () => {
  const { context, page, faults } = await visit(browser);
  const ask = async (email: string) => {
    await page.goto(`${server.url}/login?step=link`);
    await field(page, "E-mail address").fill(email);
    await button(page, "Send the link").click();
    return (await page.getByRole("status").innerText()).replace(email, "…").replace(/\d+:\d+.*?\./, "….");
  };
  expect(await ask("nobody@example.org")).toBe(await ask(OWNER));
  const link = await post.mail(OWNER, LINK);
  const other = await visit(browser);
  await other.page.goto(link);
  await button(other.page, "Log in").click();
  await other.page.getByText("or was opened in another browser").waitFor();
  await other.context.close();
  await page.goto(link);
  await heading(page, "Log in with your link");
  expect(await accessibilityFaults(page)).toEqual([]);
  await button(page, "Log in").click();
  await inConsole(page);
  await logOut(page);
  await page.goto(link);
  await button(page, "Log in").click();
  await page.getByText("This link was used").waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test("a session that is ended elsewhere leaves its browser within a second", async () => {
  const there = await visit(browser);
  await logIn(there.page, server.url, OWNER);
  await inConsole(there.page);
  await there.page.getByText("msg/s").first().waitFor();
  const here = await visit(browser);
  await useSession(here.context, server.url, server.cookie);
  await here.page.goto(`${server.url}/account`);
  await here.page.getByRole("button", { name: /^End the other/ }).click();
  await using pulse = takePulse();
  const left = there.page.waitForURL("**/login**").then(() => Date.now());
  const asked = here.page.waitForRequest((request) => request.method() !== "GET").then(() => Date.now());
  await here.page
    .getByRole("dialog")
    .getByRole("button", { name: /^End the other/ })
    .click();
  expect(pulse.msBetween(await asked, await left)).toBeLessThan(1_000);
  await there.page.getByText("Your session has ended.").waitFor();
  await here.page.getByRole("dialog").waitFor({ state: "detached" });
  expect([...here.faults, ...there.faults]).toEqual([]);
  await here.context.close();
  await there.context.close();
});

test("every second factor is set up and opens the account", async () => {
  const { context, page, faults } = await visit(browser);
  const touch = await plugInAuthenticator(page);
  await server.call("PATCH", "/api/v1/settings", { requireStaffFactor: "always" });
  await logIn(page, server.url, OWNER);
  await heading(page, "Set up a second factor");
  await page.goto(`${server.url}/devices`);
  await heading(page, "Set up a second factor");
  await page.getByRole("button", { name: "Authenticator app" }).click();
  const secret = (await page.locator(".mono").first().innerText()).replaceAll(" ", "");
  expect(await accessibilityFaults(page)).toEqual([]);
  await field(page, "Code that the app shows").fill(appCode(secret));
  await button(page, "Confirm the app").click();
  await heading(page, "Keep your recovery codes");
  const codes = await page
    .getByRole("list", { name: "Recovery codes" })
    .getByRole("listitem")
    .allInnerTexts();
  expect(codes).toHaveLength(10);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("checkbox").check();
  await button(page, "Go on").click();
  await page.waitForURL("**/devices");
  await page.goto(`${server.url}/account`);

  await button(page, "Add a passkey").click();
  await page.getByRole("dialog", { name: "Add a passkey" }).getByLabel("Name").fill("Laptop");
  await touch(true);
  await button(page, "Create the passkey").click();
  await button(page, "Rename Laptop").click();
  await page.getByRole("dialog").getByLabel("Name").fill("Old laptop");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await button(page, "Rename Old laptop").waitFor();
  await touch(false);

  await button(page, "Use e-mail codes").click();
  await button(page, "Send the code").click();
  await field(page, "Code").fill(await post.mail(OWNER, CODE));
  await button(page, "Use these codes").click();
  await button(page, "Remove Codes by e-mail").waitFor();

  await field(page, "Phone").fill("+33 6 99 88 77 66");
  await button(page, "Change: Phone").click();
  await field(page, "Code").fill(await post.sms("+33699887766", CODE));
  await button(page, "Confirm the change").click();
  await button(page, "Use SMS codes").click();
  await button(page, "Send the code").click();
  await page
    .getByRole("dialog")
    .getByLabel("Code", { exact: true })
    .fill(await post.sms("+33699887766", CODE));
  await button(page, "Use these codes").click();
  await button(page, "Remove Codes by SMS").waitFor();

  const secondStep = async () => {
    await logOut(page);
    await logIn(page, server.url, OWNER);
    await heading(page, "One more step");
  };
  await secondStep();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.reload();
  await touch(true);
  await button(page, "Use the passkey").click();
  await inConsole(page);
  await touch(false);

  await secondStep();
  await page.getByRole("button", { name: "The authenticator app" }).click();
  await field(page, "Code of the authenticator app").fill(appCode(secret, 1));
  await button(page, "Log in").click();
  await inConsole(page);

  for (const [way, read] of [
    ["A code by e-mail", () => post.mail(OWNER, CODE)],
    ["A code by SMS", () => post.sms("+33699887766", CODE)],
  ] as const) {
    await secondStep();
    await page.getByRole("button", { name: way }).click();
    await button(page, "Send the code").click();
    await field(page, "Code").fill(await read());
    await button(page, "Log in").click();
    await inConsole(page);
  }

  await secondStep();
  await page.getByRole("button", { name: "A recovery code" }).click();
  await field(page, "Recovery code").fill(codes[3]?.toLowerCase() ?? "");
  await button(page, "Log in").click();
  await inConsole(page);
  await secondStep();
  await page.getByRole("button", { name: "A recovery code" }).click();
  await field(page, "Recovery code").fill(codes[3] ?? "");
  await button(page, "Log in").click();
  await page.getByText("The code is wrong.").waitFor();

  await logOut(page);
  await touch(true);
  // Whoever touches it while the browser offers it in the e-mail field is in, without a password or a click.
  await page.goto(`${server.url}/login`);
  await inConsole(page);
  expect(faults).toEqual([]);
  await context.close();
});

test("an act that needs a fresh confirmation asks for one and then happens", async () => {
  const { context, page, faults } = await visit(browser);
  await useSession(context, server.url, server.cookie);
  await page.goto(`${server.url}/account`);
  await button(page, "Save my data").click();
  const ask = page.getByRole("dialog", { name: "Confirm that it is you" });
  await ask.getByRole("button", { name: "A code by e-mail" }).click();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await ask.waitFor({ state: "detached" });
  await page.getByText("Confirm that it is you first").or(page.getByRole("alert")).first().waitFor();
  await button(page, "Save my data").click();
  await ask.getByRole("button", { name: "A code by e-mail" }).click();
  await button(page, "Send the code").click();
  await field(page, "Code").fill(await post.mail(OWNER, CODE));
  const saved = page.waitForEvent("download");
  await button(page, "Confirm").click();
  expect((await saved).suggestedFilename()).toBe("gatehouse-my-data.json");
  expect(faults).toEqual([]);
  await context.close();
});
