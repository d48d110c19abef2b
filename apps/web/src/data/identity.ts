import { useSyncExternalStore } from "react";

type Answer = (confirmed: boolean) => void;

/** Calls that wait until the person has confirmed that it is them. */
let waiting: readonly Answer[] = [];
const listeners = new Set<() => void>();

function set(next: readonly Answer[]): void {
  waiting = next;
  for (const listener of listeners) listener();
}

/** Waits for the person at the one dialog that asks; several calls at once wait for the same answer. */
export const askToConfirm = (): Promise<boolean> =>
  new Promise((answer) => {
    set([...waiting, answer]);
  });

export function answerConfirm(confirmed: boolean): void {
  const answered = waiting;
  set([]);
  for (const answer of answered) answer(confirmed);
}

/** Whether a call waits for a confirmation. */
export const useConfirmAsked = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
