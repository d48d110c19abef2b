import { cameras } from "@gatehouse/contract";

/** The share of the picture inside (shoelace formula); of one that crosses itself, the sides less each other. */
export function areaOf(area: cameras.Polygon): number {
  let doubled = 0;
  for (const [at, [x, y]] of area.entries()) {
    const [nextX, nextY] = area[(at + 1) % area.length] as cameras.Polygon[number];
    doubled += x * nextY - nextX * y;
  }
  return Math.abs(doubled) / 2;
}

/** Corners to a ten-thousandth of the picture: less than a pixel of what is taken. */
export function rounded(settings: cameras.CameraSettings): cameras.CameraSettings {
  const near = (share: number): number => Math.round(share * 10_000) / 10_000;
  const all = (area: cameras.Polygon): cameras.Polygon => area.map(([x, y]) => [near(x), near(y)]);
  const { masks, motion } = settings;
  const zones = motion.zones.map((zone) => ({ ...zone, area: all(zone.area) }));
  return { ...settings, masks: masks.map(all), motion: { ...motion, zones } };
}

/** Whether what was shown before the change may not be shown after it. */
export const hides = (before: cameras.CameraSettings, after: cameras.CameraSettings): boolean =>
  before.enabled !== after.enabled || JSON.stringify(before.masks) !== JSON.stringify(after.masks);

/**
 * What changed, for the ledger: values before and after; of masks and zones, whose corners would be long and whose names
 * people chose, how many there are.
 */
export function describeChange(
  before: cameras.CameraSettings,
  after: cameras.CameraSettings,
): Readonly<Record<string, unknown>> {
  const [from, to] = [flatten(before), flatten(after)];
  const changed = Object.keys(to).filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]));
  const redrawn = [
    ...(JSON.stringify(before.masks) === JSON.stringify(after.masks) ? [] : ["masks"]),
    ...(JSON.stringify(before.motion.zones) === JSON.stringify(after.motion.zones) ? [] : ["zones"]),
  ];
  return {
    from: Object.fromEntries(changed.map((key) => [key, from[key]])),
    to: Object.fromEntries(changed.map((key) => [key, to[key]])),
    ...(redrawn.length === 0 ? {} : { redrawn }),
  };
}

function flatten(settings: cameras.CameraSettings): Record<string, unknown> {
  const { enabled, maxFramesPerSecond, masks, recording, detection } = settings;
  const { zones, ...motion } = settings.motion;
  const prefixed = (prefix: string, part: object): Record<string, unknown> =>
    Object.fromEntries(Object.entries(part).map(([key, value]) => [`${prefix}.${key}`, value]));
  return {
    enabled,
    maxFramesPerSecond,
    masks: masks.length,
    zones: zones.length,
    ...prefixed("recording", recording),
    ...prefixed("motion", motion),
    ...prefixed("detection", { ...cameras.DEFAULT_DETECTION_SETTINGS, ...detection }),
  };
}
