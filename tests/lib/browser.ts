import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// Scripts for the page are texts: this program is type-checked without a browser's globals.
const REPORT_VIOLATIONS = `document.addEventListener("securitypolicyviolation", (event) =>
  console.error("policy violation", event.violatedDirective, event.blockedURI, event.sample))`;
const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];
const AXE_OPTIONS = JSON.stringify({
  runOnly: { type: "tag", values: STANDARD },
  resultTypes: ["violations"],
});
/** With bars that stick to the lower edge in their places: what lies under them just now can be scrolled free. */
const RUN_AXE = `(async () => {
  const bars = [...document.querySelectorAll("main *, nav")].filter((element) => {
    const { position, bottom } = getComputedStyle(element);
    const isBar = position === "sticky" || (position === "fixed" && element.tagName === "NAV");
    return isBar && bottom !== "auto" && element.getBoundingClientRect().top > innerHeight / 2;
  });
  for (const bar of bars) bar.style.position = "static";
  try {
    return await axe.run(document, ${AXE_OPTIONS});
  } finally {
    for (const bar of bars) bar.style.position = "";
  }
})()`;

/** Elements beyond the right edge that nothing clips, the innermost ones, each with how far and what it says. */
const FIND_STICKING_OUT = `(() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const isClipped = (element) => {
    let isAbsolute = getComputedStyle(element).position === "absolute";
    for (let up = element.parentElement; up !== null && up !== document.body; up = up.parentElement) {
      const { overflowX, position } = getComputedStyle(up);
      if (overflowX !== "visible" && !(isAbsolute && position === "static")) return true;
      if (position === "fixed") return true;
      if (position !== "static") isAbsolute = position === "absolute";
    }
    return getComputedStyle(element).position === "fixed";
  };
  const out = [...document.body.querySelectorAll("*")].filter((element) =>
    element.getBoundingClientRect().right + scrollX > root.clientWidth && !isClipped(element));
  const innermost = out.filter((element) => !out.some((other) => other !== element && element.contains(other)));
  const by = root.scrollWidth - root.clientWidth;
  const nameOf = (element) => {
    const { left, right } = element.getBoundingClientRect();
    const text = element.textContent.trim().slice(0, 60);
    const name = element.tagName.toLowerCase() + "." + (element.getAttribute("class") ?? "");
    return name + " " + Math.round(left) + "…" + Math.round(right) + " “" + text + "”";
  };
  return ["by " + by + " px", ...innermost.slice(0, 5).map(nameOf)];
})()`;

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** Of a server on a machine that is busy with something else, which asks the page to come again. */
const BUSY_STATUS = 503;
const COME_AGAIN_MS = 2_000;
/** How long a page is waited for: a machine with two cores may have other things to do. */
const WAIT_MS = 60_000;

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], timeout: 120_000 });

/**
 * Everything that went wrong in the pages of a context: console errors, uncaught errors, violations of the content
 * security policy, dialogs. `expected` are HTTP statuses that the test provokes; Chromium logs each such answer.
 */
export async function watchFaults(
  context: BrowserContext,
  expected: readonly number[] = [],
): Promise<string[]> {
  const faults: string[] = [];
  context.setDefaultTimeout(WAIT_MS);
  await context.addInitScript({ content: REPORT_VIOLATIONS });
  context.on("page", (page) => {
    page.on("console", (message) => {
      if (
        message.type() !== "error" ||
        [BUSY_STATUS, ...expected].some((status) => message.text().includes(`status of ${status}`))
      )
        return;
      faults.push(`${page.url()}: ${message.text()} ${message.location().url}`);
    });
    page.on("response", (response) => {
      const isNeeded = ["document", "script"].includes(response.request().resourceType());
      // Where the page is closed meanwhile nobody misses anything.
      if (isNeeded && response.status() === BUSY_STATUS) void openAgain(page).catch(() => undefined);
    });
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error}`));
    page.on("dialog", (dialog) => {
      faults.push(`${page.url()}: dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
  });
  return faults;
}

/** As a person does whose page stays empty, since a server that was busy did not give all of it. */
async function openAgain(page: Page): Promise<void> {
  await sleep(COME_AGAIN_MS);
  if (!page.isClosed() && (await page.locator("h1").count()) === 0) await page.reload();
}

/** The session of `cookie` (a Cookie header) for every page of the context. */
export async function useSession(context: BrowserContext, url: string, cookie: string): Promise<void> {
  const pairs = cookie.split("; ").map((pair) => pair.split(/=(.*)/s));
  await context.addCookies(pairs.map(([name = "", value = ""]) => ({ name, value, url })));
}

/** What makes the page scroll sideways: by how much, and which elements; empty when it does not. */
export const sticksOut = (page: Page): Promise<string[]> => page.evaluate<string[]>(FIND_STICKING_OUT);

/** Rules of WCAG 2.2 A and AA that the page breaks, each with the elements. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>(RUN_AXE);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}
