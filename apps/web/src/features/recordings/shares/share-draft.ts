import { type BodyOf, cameras } from "@gatehouse/contract";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { defaultLifeMs, maxSpanMs, minPasswordLength } = cameras.SHARE_LIMITS;

/** Lives offered. */
export const LIVES = [
  { unit: "hours", count: 1, ms: HOUR_MS },
  { unit: "hours", count: 24, ms: DAY_MS },
  { unit: "days", count: 3, ms: 3 * DAY_MS },
  { unit: "days", count: 7, ms: 7 * DAY_MS },
  { unit: "days", count: 30, ms: 30 * DAY_MS },
] as const;
/** How often a link can be opened. */
export const OPENINGS = [1, 3, 10, 100] as const;

/** What a clip of one camera is to be shared as. */
export interface ShareDraft {
  readonly cameraId: string;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly lifeMs: number;
  /** 0: as often as wanted. */
  readonly maxOpenings: number;
  readonly password: string;
  readonly note: string;
  readonly showsCamera: boolean;
  readonly allowsDownload: boolean;
}

export const newDraft = (
  cameraId: string,
  span: { readonly fromMs: number; readonly toMs: number },
): ShareDraft => ({
  ...{ cameraId, ...span },
  lifeMs: defaultLifeMs,
  maxOpenings: 0,
  ...{ password: "", note: "", showsCamera: true, allowsDownload: true },
});

/** What is wrong with the span; undefined when nothing is. */
export function spanProblem(
  { fromMs, toMs }: Pick<ShareDraft, "fromMs" | "toMs">,
  nowMs: number,
): "noSpan" | "tooLong" | "future" | undefined {
  if (fromMs === undefined || toMs === undefined || toMs <= fromMs) return "noSpan";
  if (toMs - fromMs > maxSpanMs) return "tooLong";
  return toMs > nowMs ? "future" : undefined;
}

/** The request; undefined while something of it is missing. */
export function requestOf(draft: ShareDraft, nowMs: number): BodyOf<typeof cameras.createShare> | undefined {
  const { fromMs, toMs, lifeMs, maxOpenings, password, showsCamera, allowsDownload } = draft;
  if (fromMs === undefined || toMs === undefined || spanProblem(draft, nowMs) !== undefined) return undefined;
  if (password !== "" && password.length < minPasswordLength) return undefined;
  const note = draft.note.trim();
  return {
    ...{ fromMs, toMs, lifeMs, showsCamera, allowsDownload },
    ...(maxOpenings === 0 ? {} : { maxOpenings }),
    ...(password === "" ? {} : { password }),
    ...(note === "" ? {} : { note }),
  };
}

const AROUND_EVENT_MS = 5_000;
const AROUND_LINE_MS = 15_000;

/** An event with what is around it, to the second. */
export const spanOfEvent = (
  { startMs, endMs }: { readonly startMs: number; readonly endMs?: number | undefined },
  nowMs: number,
) => within(startMs - AROUND_EVENT_MS, (endMs ?? startMs + 2 * AROUND_EVENT_MS) + AROUND_EVENT_MS, nowMs);

/** What is around an instant. */
export const spanAround = (atMs: number, nowMs: number) =>
  within(atMs - AROUND_LINE_MS, atMs + AROUND_LINE_MS, nowMs);

function within(fromMs: number, toMs: number, nowMs: number) {
  const second = (ms: number) => Math.floor(ms / 1_000) * 1_000;
  const endMs = second(Math.min(toMs, nowMs));
  const startMs = second(Math.min(fromMs, endMs - 1_000));
  return { fromMs: Math.max(startMs, endMs - maxSpanMs), toMs: endMs };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The link as others can open it: a server that was told no public address knows itself as this computer, while the
 * console may be open under a name of the network. `isLocal` when there is none.
 */
export function linkFor(url: string, origin: string): { readonly url: string; readonly isLocal: boolean } {
  const link = new URL(url);
  if (!LOOPBACK.test(link.hostname)) return { url, isLocal: false };
  const isLocal = LOOPBACK.test(new URL(origin).hostname);
  return { url: isLocal ? url : `${origin}${link.pathname}${link.hash}`, isLocal };
}
