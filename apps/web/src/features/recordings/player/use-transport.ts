import { notifications } from "@mantine/notifications";
import { useRef } from "react";
import { useTranslations } from "use-intl";
import { useErrorText } from "../../../design/error-text.ts";
import { useShortcut } from "../../../design/shortcuts.ts";
import { nextEvent, previousEvent } from "./find-event.ts";
import type { Player } from "./use-player.ts";

const LEAP_MS = 5_000;

/** What the player can be told, by buttons and by keys. */
export interface Transport {
  toggle(): void;
  /** One frame of the first camera; while playing, five seconds. */
  step(by: 1 | -1): void;
  event(by: 1 | -1): void;
}

export function useTransport(player: Player, cameraIds: readonly string[]): Transport {
  const t = useTranslations("recordings.player");
  const errorText = useErrorText();
  const { playhead, library } = player;
  const search = useRef<AbortController>(undefined);

  async function jump(find: (signal: AbortSignal) => Promise<number | undefined>, nothing: string) {
    search.current?.abort();
    const abort = new AbortController();
    search.current = abort;
    try {
      const toMs = await find(abort.signal);
      if (abort.signal.aborted) return;
      if (toMs === undefined) notifications.show({ message: nothing });
      else playhead.seek(toMs);
    } catch (error) {
      if (!abort.signal.aborted) notifications.show({ message: errorText(error), color: "red" });
    }
  }

  const transport: Transport = {
    toggle: () => playhead.toggle(),
    step(by) {
      const { atMs, isPlaying } = playhead.state;
      const [first] = cameraIds;
      if (isPlaying || first === undefined) {
        playhead.seek(atMs + by * LEAP_MS);
        return;
      }
      void jump((signal) => library.reelOf(first).step(atMs, by, signal), t("noFrame"));
    },
    event(by) {
      const { atMs } = playhead.state;
      const find = by > 0 ? nextEvent : previousEvent;
      void jump((signal) => find(cameraIds, atMs, signal), t(by > 0 ? "noNextEvent" : "noPreviousEvent"));
    },
  };
  useShortcut(" ", transport.toggle);
  useShortcut("k", () => playhead.pause());
  useShortcut("j", () => playhead.shuttle(true));
  useShortcut("l", () => playhead.shuttle(false));
  useShortcut("n", () => transport.event(1));
  useShortcut("]", () => transport.event(1));
  useShortcut("[", () => transport.event(-1));
  useShortcut("arrowright", () => transport.step(1));
  useShortcut("arrowleft", () => transport.step(-1));
  return transport;
}
