/** A document of settings: objects within objects; what it does not name stays the machine's own. */
export type Settings = Readonly<Record<string, unknown>>;

/** One setting that differs; absent on a side that does not name it. */
export interface Change {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const isObject = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at a path with dots; undefined when it is not named. */
export function settingAt(settings: Settings | undefined, path: string): unknown {
  let at: unknown = settings;
  for (const name of path.split(".")) at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return at;
}

/** The same settings with this value at the path. */
export function withSetting(settings: Settings, path: string, value: unknown): Settings {
  const [name = "", ...rest] = path.split(".");
  const inner = settings[name];
  const changed =
    rest.length === 0 ? value : withSetting(isObject(inner) ? inner : {}, rest.join("."), value);
  return { ...settings, [name]: changed };
}

/** What differs, setting by setting, sorted by path. An object that names nothing says nothing. */
export function diffSettings(before: Settings, after: Settings): Change[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => JSON.stringify(old.get(path)) !== JSON.stringify(now.get(path)))
    .sort()
    .map((path) => ({
      path,
      ...(old.has(path) ? { before: old.get(path) } : {}),
      ...(now.has(path) ? { after: now.get(path) } : {}),
    }));
}

/** The document in a text; or why the text is none, in the browser's words. */
export function parseSettings(
  text: string,
): { readonly settings: Settings; readonly reason?: never } | { readonly reason: string } {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { settings: value } : { reason: text.trim().slice(0, 40) };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

export const formatSettings = (settings: Settings): string => JSON.stringify(settings, undefined, 2);

function leavesOf(settings: Settings, prefix = ""): Map<string, unknown> {
  return new Map(
    Object.entries(settings).flatMap(([name, value]) =>
      isObject(value)
        ? [...leavesOf(value, `${prefix}${name}.`)]
        : [[`${prefix}${name}`, value] as [string, unknown]],
    ),
  );
}
