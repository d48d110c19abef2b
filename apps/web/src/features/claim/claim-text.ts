import { devices } from "@gatehouse/contract";

/** As the server prints it: groups of four of Crockford's characters. */
const CODE = /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){1,9}$/;

/** The claim code in an address's fragment (with or without its `#`); undefined when there is none. */
export function codeOf(fragment: string): string | undefined {
  const text = fragment.replace(/^#/, "").toUpperCase();
  return CODE.test(text) ? text : undefined;
}

/** What exchanges the code for an API key, in a shell. A code holds nothing that has to be quoted. */
export function claimCommand(origin: string, code: string): string {
  const { method, path } = devices.claimDevice;
  return [
    `curl -X ${method} ${origin}${path} \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '${JSON.stringify({ code })}'`,
  ].join("\n");
}
