import { systemClock } from "@gatehouse/base";
import { cameras } from "@gatehouse/contract";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { liveHub } from "../../data/live.ts";
import { call } from "../../data/query.ts";
import { useErrorText } from "../../design/error-text.ts";
import { useShortcut } from "../../design/shortcuts.ts";
import { type ClipCheck, useCheckedClip } from "./check/use-checked-clip.ts";
import { nextClip, previousClip } from "./next-clip.ts";

export interface Clip extends ClipCheck {
  /** On to another event of the same camera. */
  readonly toEvent: (by: 1 | -1) => void;
}

/** Segments are closed so soon after the last picture of a clip. */
const SEALED_AFTER_MS = 3_000;

/** The clip of an event, checked here; again when it is over and everything of it is sealed. */
export function useClip(event: cameras.CameraEvent, camera: cameras.Camera | undefined): Clip {
  const t = useTranslations("recordings.player");
  const errorText = useErrorText();
  const navigate = useNavigate();
  const check = useCheckedClip(event.id);
  const { renew } = check;
  const postRollMs = (camera?.settings.recording.postRollSeconds ?? 0) * 1_000;
  const { endMs } = event;
  const search = useRef<AbortController>(undefined);

  useEffect(() => {
    if (endMs === undefined) return;
    const inMs = endMs + postRollMs + SEALED_AFTER_MS - liveHub.nowMs();
    if (inMs < 0) return;
    const timer = systemClock.after(inMs, renew);
    return () => timer.cancel();
  }, [endMs, postRollMs, renew]);

  const toEvent = (by: 1 | -1): void => {
    search.current?.abort();
    const abort = new AbortController();
    search.current = abort;
    const find = by > 0 ? nextClip : previousClip;
    find(event, (input) => call(cameras.listCameraEvents, input, abort.signal)).then(
      (eventId) => {
        if (abort.signal.aborted) return;
        if (eventId === undefined)
          notifications.show({ message: t(by > 0 ? "noNextEvent" : "noPreviousEvent") });
        else void navigate({ to: "/clips/$eventId", params: { eventId } });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) notifications.show({ message: errorText(error), color: "red" });
      },
    );
  };
  useShortcut("n", () => toEvent(1));
  useShortcut("]", () => toEvent(1));
  useShortcut("[", () => toEvent(-1));
  return { ...check, toEvent };
}
