import type { cameras } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useFormat } from "../../i18n/provider.tsx";
import type { ClipCheck } from "./check/use-checked-clip.ts";
import { judge } from "./judgement.ts";
import { useLabelText } from "./use-label-text.ts";

/** What happened, where and when: `Person at Loading bay at 13:47.` */
export function useHappened(): (event: cameras.CameraEvent, title: string) => string {
  const t = useTranslations("evidence.page");
  const labelText = useLabelText();
  const format = useFormat();
  return ({ kind, startMs, detection }, title) => {
    const [label] = detection?.labels ?? [];
    const count = detection?.mostAtOnce ?? 1;
    return t(`happened.${kind}`, {
      count: Math.max(1, count),
      what: label === undefined ? t("something") : labelText(label),
      camera: title,
      time: [format.clockMinute(startMs), format.zone(startMs)].join("\u00a0").trim(),
    });
  };
}

/** Another program says so, and nothing of it is recorded here. */
export const isOnlyTold = (
  { handedOver, recorded }: cameras.CameraEvent,
  clip: ClipCheck["clip"] | undefined,
): boolean => handedOver !== undefined && (recorded === "none" || clip?.segments.length === 0);

/** What the clip is, in the sentence that opens the page; absent while nothing is known. */
export function useSealSentence(): (
  event: cameras.CameraEvent,
  check: ClipCheck,
) => { readonly text: string; readonly tone: "ok" | "warn" | "danger" | "plain" } | undefined {
  const t = useTranslations("evidence.page");
  return (event, { clip, error }) => {
    if (isOnlyTold(event, clip)) return { text: t("handedOver"), tone: "warn" };
    if (event.keptAtCamera && event.recorded === "none") return { text: t("atCamera"), tone: "plain" };
    if (event.endMs === undefined) return { text: t("goesOn"), tone: "plain" };
    if (error !== undefined) return { text: t("unchecked"), tone: "warn" };
    if (clip === undefined) return { text: t("checking"), tone: "plain" };
    if (clip.segments.length === 0) return { text: t("nothingLeft"), tone: "warn" };
    const { seal } = judge(clip);
    const tone = { verified: "ok", unknown: "warn", tampered: "danger" } as const;
    return { text: t(`seal.${seal}`), tone: tone[seal] };
  };
}
