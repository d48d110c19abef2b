/** What can be undone: earlier values, the newest last. */
export interface History<T> {
  readonly past: readonly T[];
  /** The act to which the newest change belongs. */
  readonly act: string | undefined;
}

export const EMPTY_HISTORY = { past: [], act: undefined } as const;

const MAX_STEPS = 100;

/** Keeps `before`, unless the change goes on with the same act: a drag or a word is undone in one step. */
export function remember<T>(history: History<T>, before: T, act?: string): History<T> {
  if (act !== undefined && act === history.act) return history;
  return { past: [...history.past, before].slice(-MAX_STEPS), act };
}

/** The value before the newest act; undefined where there is none. */
export function undo<T>(history: History<T>): { value: T; history: History<T> } | undefined {
  const value = history.past.at(-1);
  if (value === undefined) return undefined;
  return { value, history: { past: history.past.slice(0, -1), act: undefined } };
}
