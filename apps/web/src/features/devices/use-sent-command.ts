import { devices } from "@gatehouse/contract";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useLive } from "../../data/live.ts";
import { useCall } from "../../data/query.ts";
import type { Tone } from "../../design/tag.tsx";

export const COMMAND_TONES: Record<devices.CommandState, Tone> = {
  queued: "neutral",
  delivered: "accent",
  acknowledged: "ok",
  failed: "danger",
  expired: "warn",
};

export const isOpen = (command: devices.Command): boolean =>
  command.state === "queued" || command.state === "delivered";

/** Sends commands to one device and follows the last one until it ended. */
export function useSentCommand(deviceId: string) {
  const [last, setLast] = useState<devices.Command>();
  const send = useCall(devices.sendCommand, [devices.listCommands]);
  useLive({ values: [], details: [deviceId] }, (batch) => {
    const news = batch.commands?.findLast(({ id }) => id === last?.id);
    if (news !== undefined) setLast(news);
  });
  return {
    last,
    busy: send.isPending,
    error: send.error,
    send(key: string, params: devices.Command["params"]) {
      setLast(undefined);
      send.mutate({ params: { id: deviceId }, body: { key, params } }, { onSuccess: setLast });
    },
  };
}

/** What became of a command, in words. */
export function useCommandText(): (command: devices.Command) => string {
  const t = useTranslations("devices.command");
  return (command) =>
    command.state === "failed" && command.reason !== undefined && command.reason !== ""
      ? t("failedWhy", { reason: command.reason })
      : t(`states.${command.state}`);
}
