const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdgA?\/(\d{1,4})/, "Edge"],
  [/\bOPR\/(\d{1,4})/, "Opera"],
  [/\bFirefox\/(\d{1,4})/, "Firefox"],
  [/\bFxiOS\/(\d{1,4})/, "Firefox"],
  [/\bCriOS\/(\d{1,4})/, "Chrome"],
  [/\b(?:HeadlessChrome|Chrome)\/(\d{1,4})/, "Chrome"],
  [/\bVersion\/(\d{1,4})[^ ]* (?:Mobile\/\w+ )?Safari\//, "Safari"],
  [/^curl\/(\d{1,4})/, "curl"],
];

const SYSTEMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bAndroid\b/, "Android"],
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bWindows NT\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

const MAX_READ = 512;

/** "Firefox 140 on Linux" of a User-Agent header; "Unknown client" where nothing is recognised. At most 60 characters. */
export function describeClient(userAgent: string | undefined): string {
  const text = (userAgent ?? "").slice(0, MAX_READ);
  const system = SYSTEMS.find(([pattern]) => pattern.test(text))?.[1];
  for (const [pattern, name] of BROWSERS) {
    const version = pattern.exec(text)?.[1];
    if (version !== undefined)
      return system === undefined ? `${name} ${version}` : `${name} ${version} on ${system}`;
  }
  return system === undefined ? "Unknown client" : `Unknown client on ${system}`;
}
