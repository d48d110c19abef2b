import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// Scripts for the page are texts: this program is type-checked without a browser's globals.
const REPORT_VIOLATIONS = `document.addEventListener("securitypolicyviolation", (event) =>
  console.error("policy violation", event.violatedDirective, event.blockedURI, event.sample))`;
const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const RUN_AXE = `axe.run(document, ${JSON.stringify({
  runOnly: { type: "tag", values: STANDARD },
  resultTypes: ["violations"],
})})`;

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

/**
 * Everything that went wrong in the pages of a context: console errors, uncaught errors, violations of the content
 * security policy, dialogs. `expected` are HTTP statuses that the test provokes; Chromium logs each such answer.
 */
export async function watchFaults(
  context: BrowserContext,
  expected: readonly number[] = [],
): Promise<string[]> {
  const faults: string[] = [];
  context.setDefaultTimeout(30_000);
  await context.addInitScript({ content: REPORT_VIOLATIONS });
  context.on("page", (page) => {
    page.on("console", (message) => {
      if (
        message.type() !== "error" ||
        expected.some((status) => message.text().includes(`status of ${status}`))
      )
        return;
      faults.push(`${page.url()}: ${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error}`));
    page.on("dialog", (dialog) => {
      faults.push(`${page.url()}: dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
  });
  return faults;
}

/** The session of `cookie` (a Cookie header) for every page of the context. */
export async function useSession(context: BrowserContext, url: string, cookie: string): Promise<void> {
  const pairs = cookie.split("; ").map((pair) => pair.split(/=(.*)/s));
  await context.addCookies(pairs.map(([name = "", value = ""]) => ({ name, value, url })));
}

/** Rules of WCAG 2.2 A and AA that the page breaks, each with the elements. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>(RUN_AXE);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}
