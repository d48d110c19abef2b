/** An event that is proven to be in the log, as it stands there. */
export interface ProvenEvent {
  readonly event: Uint8Array;
  readonly index: number;
}

/** The entry of the log about a segment, as far as it matters here. */
export interface SealedEntry {
  readonly segment: string;
  readonly index: number;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A span that somebody took out, as the log knows it. */
export interface ExportedSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What proven events say of recordings. */
export interface LoggedRecordings {
  /** By segment. Of two about one the first counts: nobody makes up for what was logged once. */
  readonly sealed: ReadonlyMap<string, SealedEntry>;
  /** By camera. */
  readonly exported: ReadonlyMap<string, readonly ExportedSpan[]>;
}

export function loggedRecordings(proven: readonly ProvenEvent[]): LoggedRecordings {
  const sealed = new Map<string, SealedEntry>();
  const exported = new Map<string, ExportedSpan[]>();
  for (const { event, index } of proven) {
    const { kind, subject, time, data } = eventOf(event);
    const id = (subject as { id?: unknown } | null | undefined)?.id;
    if (typeof id !== "string" || typeof data !== "object" || data === null) continue;
    const { fromMs, toMs } = data as { fromMs?: unknown; toMs?: unknown };
    if (kind === "recording.sealed" && !sealed.has(id))
      sealed.set(id, { segment: id, index, time: String(time), data: data as SealedEntry["data"] });
    if (kind === "recording.exported") add(exported, id, fromMs, toMs);
    const { spans } = data as { spans?: unknown };
    if (kind !== "case.exported" || !Array.isArray(spans)) continue;
    for (const span of spans)
      if (Array.isArray(span)) add(exported, ...(span as [unknown, unknown, unknown]));
  }
  return { sealed, exported };
}

function add(spans: Map<string, ExportedSpan[]>, camera: unknown, fromMs: unknown, toMs: unknown): void {
  if (typeof camera !== "string" || typeof fromMs !== "number" || typeof toMs !== "number") return;
  spans.set(camera, [...(spans.get(camera) ?? []), { fromMs, toMs }]);
}

/** Proven, and maybe none of a recording. */
function eventOf(line: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(new TextDecoder().decode(line)) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
