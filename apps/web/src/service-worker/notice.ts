/** What the server pushes; whatever else comes is shown as a plain notice, because something must be shown. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  /** Path within the console. */
  readonly url: string;
  readonly tag: string;
  readonly actions: readonly { readonly action: string; readonly title: string }[];
  readonly alertId?: string;
}

const PLAIN: Notice = { title: "Gatehouse", body: "", url: "/alerts", tag: "gatehouse", actions: [] };

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** The notice in a push message. */
export function readNotice(text: string | undefined): Notice {
  let read: unknown;
  try {
    read = JSON.parse(text ?? "");
  } catch {
    return PLAIN;
  }
  if (typeof read !== "object" || read === null) return PLAIN;
  const { title, body, url, tag, actions, alertId } = read as Record<string, unknown>;
  return {
    title: textOf(title) || PLAIN.title,
    body: textOf(body),
    url: textOf(url) || PLAIN.url,
    tag: textOf(tag) || PLAIN.tag,
    actions: Array.isArray(actions) ? actions.filter(isAction) : [],
    ...(isId(alertId) ? { alertId } : {}),
  };
}

function isAction(value: unknown): value is Notice["actions"][number] {
  if (typeof value !== "object" || value === null) return false;
  const { action, title } = value as Record<string, unknown>;
  return (action === "open" || action === "acknowledge") && typeof title === "string";
}

const isId = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f-]{36}$/.test(value);

/** The page to open: only ever one of this origin. */
export function pageOf(url: string, origin: string): string {
  const page = URL.parse(url, origin);
  return page === null || page.origin !== origin ? `${origin}${PLAIN.url}` : page.href;
}

const OFFLINE = {
  en: {
    title: "The house is not reachable",
    text: "Gatehouse runs on a machine of your own. It does not answer at the moment, or this device has no network.",
    again: "Try again",
  },
  fr: {
    title: "La maison n’est pas joignable",
    text: "Gatehouse tourne sur une machine à vous. Elle ne répond pas pour l’instant, ou cet appareil n’a pas de réseau.",
    again: "Réessayer",
  },
} as const;

const STYLE =
  "body{margin:0;min-height:100vh;display:grid;place-content:center;gap:12px;padding:24px;font:16px/1.5 system-ui,sans-serif;color-scheme:light dark;max-width:32em;margin-inline:auto}h1{font-size:20px;margin:0}p{margin:0}a{color:inherit}";

/** The page in place of one that could not be fetched. It holds nothing but fixed words. */
export function offlinePage(language: string): { readonly html: string; readonly policy: string } {
  const lang = language.startsWith("fr") ? "fr" : "en";
  const { again, text, title } = OFFLINE[lang];
  return {
    policy: "default-src 'none'; style-src 'nonce-offline'; base-uri 'none'; frame-ancestors 'none'",
    html: `<!doctype html><html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Gatehouse</title><style nonce="offline">${STYLE}</style><h1>${title}</h1><p>${text}</p><p><a href="">${again}</a></p></html>`,
  };
}
