import { useSyncExternalStore } from "react";

/** A choice of this browser, kept in localStorage and shared by its tabs. */
export interface Preference<T extends string> {
  get(): T;
  set(value: T): void;
  /** Subscribes the component that calls it. */
  use(): T;
}

/** `parse` turns whatever is stored (or null) into a valid value; storage that is refused is simply not kept. */
export function createPreference<T extends string>(
  key: string,
  parse: (stored: string | null) => T,
): Preference<T> {
  const listeners = new Set<() => void>();
  const read = (): T => {
    try {
      return parse(localStorage.getItem(key));
    } catch {
      return parse(null);
    }
  };
  let current = read();
  const announce = (value: T): void => {
    current = value;
    for (const listener of listeners) listener();
  };
  globalThis.addEventListener?.("storage", (event) => {
    if (event.key === key) announce(read());
  });
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const get = () => current;
  return {
    get,
    set(value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        // Private windows may refuse storage: the choice then lasts as long as the page.
      }
      announce(value);
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}
