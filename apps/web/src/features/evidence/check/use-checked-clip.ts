import { useCallback, useEffect, useState } from "react";
import { type ClipProgress, checkClip } from "./check-clip.ts";
import type { CheckedClip } from "./model.ts";

export interface ClipCheck {
  /** Once it is checked. */
  readonly clip: CheckedClip | undefined;
  /** While it goes on. */
  readonly progress: ClipProgress | undefined;
  /** Why it could not be checked; no verdict about the clip. */
  readonly error: unknown;
  /** Checks anew, and says so. */
  readonly again: () => void;
  /** Checks anew; what is known stands until then. */
  readonly renew: () => void;
}

type State = Omit<ClipCheck, "again" | "renew"> & { readonly eventId: string };

const nothingOf = (eventId: string): State => ({
  ...{ eventId, clip: undefined, progress: undefined, error: undefined },
});

/** An event's clip as this browser opens and judges it; given up when nobody looks any more. */
export function useCheckedClip(eventId: string): ClipCheck {
  const [state, setState] = useState<State>(() => nothingOf(eventId));
  const [turn, setTurn] = useState({ keepsShown: false });
  useEffect(() => {
    const abort = new AbortController();
    const tell = (changed: Partial<State>): void => {
      if (abort.signal.aborted) return;
      const isResult = changed.clip !== undefined || changed.error !== undefined;
      setState((last) =>
        turn.keepsShown && !isResult && isShown(last, eventId) ? last : { ...nothingOf(eventId), ...changed },
      );
    };
    tell({});
    checkClip(eventId, abort.signal, (progress) => tell({ progress })).then(
      (clip) => tell({ clip }),
      (error: unknown) => tell({ error }),
    );
    return () => abort.abort();
  }, [eventId, turn]);
  const again = useCallback(() => setTurn({ keepsShown: false }), []);
  const renew = useCallback(() => setTurn({ keepsShown: true }), []);
  // What was known of another event is not this one's, not even until the effect runs.
  const { clip, progress, error } = state.eventId === eventId ? state : nothingOf(eventId);
  return { clip, progress, error, again, renew };
}

/** Something is played that a new check must not take away. */
const isShown = ({ clip, eventId }: State, of: string): boolean =>
  eventId === of && clip !== undefined && clip.segments.length > 0;
