/**
 * Imported before anything else. The server sends `require-trusted-types-for 'script'`, so every string that
 * reaches an HTML sink passes here: a style sheet (no `<`) and React's own empty script element are allowed,
 * anything that could carry an element is refused.
 */
interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML(html: string): string }): unknown;
}

const EMPTY_SCRIPT = "<script></script>";

export function htmlOrThrow(html: string): string {
  if (html.includes("<") && html !== EMPTY_SCRIPT) throw new TypeError("HTML from a string is refused");
  return html;
}

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
factory?.createPolicy("default", { createHTML: htmlOrThrow });
