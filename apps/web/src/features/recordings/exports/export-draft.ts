import { cameras } from "@gatehouse/contract";

/** A camera of which something can be taken out. */
export interface ExportedCamera {
  readonly id: string;
  readonly title: string;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is to be taken out; times are undefined while what is typed is none. */
export interface ExportDraft {
  readonly cameraId: string;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly form: cameras.ExportForm;
  readonly speed: number;
}

export const EXPORT_SPEEDS = [1, 2, 4, 8, 16] as const;

/** What is wrong with the span; undefined when nothing is. */
export function exportSpanProblem(
  { fromMs, toMs }: Pick<ExportDraft, "fromMs" | "toMs">,
  nowMs: number,
): "noSpan" | "tooLong" | "future" | undefined {
  if (fromMs === undefined || toMs === undefined || toMs <= fromMs) return "noSpan";
  if (toMs - fromMs > cameras.MAX_EXPORT_MS) return "tooLong";
  return fromMs >= nowMs ? "future" : undefined;
}

/** The span, once it is one. */
export function spanOf(draft: ExportDraft, nowMs: number): Span | undefined {
  const { fromMs, toMs } = draft;
  if (fromMs === undefined || toMs === undefined || exportSpanProblem(draft, nowMs) !== undefined)
    return undefined;
  return { fromMs, toMs };
}
