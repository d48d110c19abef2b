import type { Browser, BrowserContext, Page } from "playwright-core";
import { watchFaults } from "./browser.ts";

export const OWNER = "owner@example.org";
const PASSWORD = "plum-harbour-tunnel-49-otter";
/** As it stands in a mail, and at the beginning of an SMS. */
export const CODE = /(?:Code: |^)(\d{3} ?\d{3})\b/;
export const LINK = /(https?:\/\/\S+)/;
/** Statuses with which refusals that these tests provoke are answered; Chromium logs each. */
const REFUSALS = [401, 403, 409, 422, 429];
export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly faults: string[];
}

/** A browser of its own. Its faults leave out the refusals that tests provoke. */
export async function visit(browser: Browser, options: object = {}): Promise<Visitor> {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", ...options });
  const faults = await watchFaults(context, REFUSALS);
  return { context, page: await context.newPage(), faults };
}

export const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
export const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
export const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name }).waitFor();

/** The first step of a log-in. */
export async function logIn(page: Page, url: string, email: string, password = PASSWORD): Promise<void> {
  await page.goto(`${url}/login`);
  await field(page, "E-mail address").fill(email);
  await field(page, "Password").fill(password);
  await button(page, "Log in").click();
}
