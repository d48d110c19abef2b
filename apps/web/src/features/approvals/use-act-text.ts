import type { access } from "@gatehouse/contract";
import { useCallback } from "react";
import { useTranslations } from "use-intl";
import { useMe } from "../../data/session.ts";
import type { Tone } from "../../design/tag.tsx";
import { actOf } from "./act-words.ts";

export const STATE_TONES: Record<access.ApprovalState, Tone> = {
  waiting: "warn",
  running: "accent",
  done: "neutral",
  failed: "danger",
  refused: "neutral",
  withdrawn: "neutral",
  expired: "neutral",
};

export const capitalised = (text: string): string => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);

/** "give a person a role": completes "wants to …". */
export function useActText(): (approval: access.Approval) => string {
  const t = useTranslations("approvals.act");
  return useCallback(({ request }) => t(actOf(request)), [t]);
}

/** "Ada wants to delete a role." */
export function useSentence(): (approval: access.Approval) => string {
  const t = useTranslations("approvals");
  const actText = useActText();
  const me = useMe();
  return (approval) => {
    const { id, name } = approval.requestedBy;
    const act = actText(approval);
    const isOpen = approval.state === "waiting" || approval.state === "running";
    if (id === me.person.id) return isOpen ? t("youWant", { act }) : t("youWanted", { act });
    return isOpen ? t("wants", { name, act }) : t("wanted", { name, act });
  };
}
