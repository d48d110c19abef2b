import type { cameras } from "@gatehouse/contract";

/** What stands in the form. Name and password that are kept stand nowhere: the fields are empty until somebody writes. */
export interface SourceDraft {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly allowPrivate: boolean;
  /** What was kept of name and password is not to be kept. */
  readonly forgets: boolean;
}

export const draftOf = (source: cameras.SourceView | undefined): SourceDraft => ({
  url: source?.url ?? "",
  user: "",
  password: "",
  allowPrivate: source?.allowPrivate ?? false,
  forgets: false,
});

export function isChanged(draft: SourceDraft, source: cameras.SourceView | undefined): boolean {
  const before = draftOf(source);
  return (Object.keys(before) as (keyof SourceDraft)[]).some((field) => draft[field] !== before[field]);
}

/** Undefined while the address is none that can be fetched from. */
export function kindOf(url: string): cameras.SourceKind | undefined {
  const { protocol, hostname } = URL.parse(url.trim()) ?? { protocol: "", hostname: "" };
  if (hostname === "") return undefined;
  if (protocol === "rtsp:" || protocol === "rtsps:") return "rtsp";
  return protocol === "http:" || protocol === "https:" ? "multipart" : undefined;
}

/** A name and password in the address, as manuals write it, go where they belong. */
export function withoutLogin(draft: SourceDraft): SourceDraft {
  const url = URL.parse(draft.url.trim());
  if (url === null || (url.username === "" && url.password === "")) return draft;
  const [user, password] = [decoded(url.username), decoded(url.password)];
  url.username = "";
  url.password = "";
  return { ...draft, url: url.href, user, password };
}

/** What is asked of the server: name and password only when they change. */
export function sourceFrom(draft: SourceDraft): cameras.PullSource {
  const { url, user, password, allowPrivate, forgets } = draft;
  const login = forgets || user !== "" || password !== "" ? { user, password } : {};
  return { url: url.trim(), allowPrivate, ...login };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
