/**
 * Imported before anything else. The server sends `require-trusted-types-for 'script'`, so every string that
 * reaches an HTML sink passes here: a style sheet (no `<`) and React's own empty script element are allowed,
 * anything that could carry an element is refused. Scripts by address are our own.
 */
interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createHTML(html: string): string; createScriptURL(url: string): string },
  ): unknown;
}

const EMPTY_SCRIPT = "<script></script>";

export function htmlOrThrow(html: string): string {
  if (html.includes("<") && html !== EMPTY_SCRIPT) throw new TypeError("HTML from a string is refused");
  return html;
}

/** Our own built scripts, and nothing else, become workers. */
const OWN_SCRIPT = /^\/(assets\/[\w.-]+|sw)\.js$/;

export function scriptUrlOrThrow(url: string): string {
  const { origin, pathname } = new URL(url, location.origin);
  if (origin !== location.origin || !OWN_SCRIPT.test(pathname))
    throw new TypeError("a script from elsewhere is refused");
  return url;
}

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
factory?.createPolicy("default", { createHTML: htmlOrThrow, createScriptURL: scriptUrlOrThrow });
