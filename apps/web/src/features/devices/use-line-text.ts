import type { devices } from "@gatehouse/contract";
import { useTranslations } from "use-intl";
import { useErrorTexts } from "../../i18n/provider.tsx";

export interface LogLine {
  readonly id: string;
  readonly tsMs: number;
  readonly kind: string;
  readonly level?: string;
  readonly message: string;
  readonly code?: devices.LogCode;
  readonly data?: unknown;
}

const REASONS = [
  "closed",
  "network",
  "keepalive",
  "slow",
  "protocol",
  "connect_timeout",
  "revoked",
  "removed",
  "stopping",
] as const;
const STATES = ["queued", "delivered", "acknowledged", "failed", "expired"] as const;

/** A line in the person's language when it is the server's own; what a device said stays as it is. */
export function useLineText(): (line: LogLine) => string {
  const t = useTranslations("devices.log");
  const stateName = useTranslations("devices.command.states");
  const errors: Readonly<Record<string, string>> = useErrorTexts();
  return ({ code, message, data }) => {
    if (code === undefined) return message;
    const field = (name: string) => fieldOf(data, name);
    const [why, state, refusal] = [field("reason"), field("state"), field("code")];
    const isKnown = REASONS.find((one) => one === why);
    const reason = isKnown === undefined ? (errors[why] ?? why) : t(`reason.${isKnown}`);
    const knownState = STATES.find((one) => one === state);
    return t(`said.${code}`, {
      via: field("via"),
      from: field("from"),
      to: field("to"),
      key: field("key"),
      count: field("count"),
      version: field("version"),
      restores: field("restores"),
      by: field("by"),
      why,
      reason: code === "disconnected" ? reason : (errors[refusal] ?? refusal),
      state: knownState === undefined ? state : stateName(knownState),
    });
  };
}

function fieldOf(data: unknown, name: string): string {
  if (typeof data !== "object" || data === null || !Object.hasOwn(data, name)) return "";
  return String((data as Record<string, unknown>)[name]);
}
