import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

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
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) =>
      console.error(`policy violation: ${violatedDirective} ${blockedURI} ${sample}`),
    );
  });
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
  return page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          context: Document,
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run(document, {
      runOnly: { type: "tag", values: tags },
      resultTypes: ["violations"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  }, STANDARD);
}
