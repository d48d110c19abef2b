import { useLocation } from "@tanstack/react-router";

const TOKEN = /^[A-Za-z0-9_-]{20,64}$/;

/** The token of a mailed link: it stands in the fragment, which browsers send to nobody. */
export function tokenOf(hash: string): string | undefined {
  const token = hash.replace(/^#/, "");
  return TOKEN.test(token) ? token : undefined;
}

/** The token that this page was opened with; undefined when the link was cut short. */
export const useLinkToken = (): string | undefined => tokenOf(useLocation().hash);
