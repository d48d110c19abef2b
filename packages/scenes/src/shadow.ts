import type { Figure } from "./figure.ts";
import { type Region, regionOf, union } from "./region.ts";
import { meet } from "./trace/intersect.ts";
import { brightness } from "./trace/irradiance.ts";
import type { Lens } from "./trace/lens.ts";
import { arrival, arrive, type Light } from "./trace/light.ts";
import type { Plate } from "./trace/plate.ts";
import type { Vec } from "./trace/vector.ts";

/** Shadows are worked out for every second pixel and smoothed: they have soft edges anyway. */
const STEP = 2;
/** Lights that throw a shadow worth drawing, the strongest first. */
const MAX_LIGHTS = 2;
const FAINTEST_SHARE = 10;
const MAX_SHADOW_METRES = 7;
/** What stands on the floor takes ambient light from around its feet. */
const CONTACT_METRES = 0.5;
const CONTACT_STRENGTH = 0.42;

/** Pixels are encoded: light that is halved is a number that is multiplied by 0.5^(1/2.2). */
const DIMMED = Float32Array.from({ length: 257 }, (_, i) => Math.max(0.04, 1 - i / 256) ** (1 / 2.2));

/** Darkens in a picture what a figure keeps the light from. */
export function castShadows(
  rgb: Uint8ClampedArray,
  plate: Plate,
  lens: Lens,
  lights: readonly Light[],
  figure: Figure,
): void {
  const strongest = lights
    .map((light, index) => ({ index, light, k: strengthAt(light, figure.centre) }))
    .sort((a, b) => b.k - a.k)
    .slice(0, MAX_LIGHTS)
    .filter(({ k }, _, all) => k > 0.15 * (all[0]?.k ?? 0));
  for (const { index, light } of strongest)
    darken(rgb, plate, lens, light, plate.shares[index] as Uint8Array, figure);
  ground(rgb, plate, lens, figure);
}

const strengthAt = (light: Light, at: Vec): number => {
  arrive(light, at);
  return arrival.strength * brightness(light.power);
};

/** Where the shadow can be: around the figure, and where its head's shadow falls on the floor. */
function reachOf(light: Light, figure: Figure, lens: Lens): Region {
  const [x, y, z] = figure.centre;
  arrive(light, [x, 2 * y, z]);
  const flat = Math.max(0.05, Math.hypot(arrival.x, arrival.z));
  const away = Math.min(MAX_SHADOW_METRES / flat, (2 * y) / Math.max(0.1, arrival.y));
  const end: Vec = [x - arrival.x * away, 0, z - arrival.z * away];
  return union(
    regionOf([[x, y * 0.5, z]], figure.radius * 0.7, lens),
    regionOf([[x, 0, z], end], figure.radius * 0.6, lens),
  );
}

function darken(
  rgb: Uint8ClampedArray,
  plate: Plate,
  lens: Lens,
  light: Light,
  shares: Uint8Array,
  figure: Figure,
): void {
  const region = reachOf(light, figure, lens);
  const columns = Math.ceil((region.right - region.left) / STEP);
  const rows = Math.ceil((region.bottom - region.top) / STEP);
  if (columns <= 0 || rows <= 0) return;
  const mask = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const x = Math.min(plate.width - 1, region.left + column * STEP);
      const y = Math.min(plate.height - 1, region.top + row * STEP);
      const at = y * plate.width + x;
      if ((shares[at] as number) < FAINTEST_SHARE) continue;
      lens.aim(x + 0.5, y + 0.5);
      const point = lens.point(plate.distances[at] as number);
      arrive(light, point);
      if (isHidden(point, figure)) mask[row * columns + column] = 255;
    }
  const sharp = smooth(mask, columns, rows);
  const soft = light.kind === "sun" ? sharp : smooth(sharp, columns, rows);
  for (let y = region.top; y < region.bottom; y++)
    for (let x = region.left; x < region.right; x++) {
      const hidden = soft[((y - region.top) >> 1) * columns + ((x - region.left) >> 1)] as number;
      if (hidden === 0) continue;
      const at = y * plate.width + x;
      const k = DIMMED[((shares[at] as number) * hidden) >> 8] as number;
      dim(rgb, at * 3, k);
    }
}

/** Whether the figure stands in the way of the light that was last asked for. */
function isHidden(point: Vec, { shapes, centre, radius }: Figure): boolean {
  const { x: dx, y: dy, z: dz, distance } = arrival;
  const x = centre[0] - point[0];
  const y = centre[1] - point[1];
  const z = centre[2] - point[2];
  const along = x * dx + y * dy + z * dz;
  if (along < -radius || x * x + y * y + z * z - along * along > radius * radius) return false;
  for (const shape of shapes)
    if (meet(shape, point[0], point[1], point[2], dx, dy, dz) < distance) return true;
  return false;
}

/** A box of three by three. */
function smooth(mask: Uint8Array, columns: number, rows: number): Uint8Array {
  const out = new Uint8Array(mask.length);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      let sum = 0;
      for (let v = Math.max(0, y - 1); v <= Math.min(rows - 1, y + 1); v++)
        for (let u = Math.max(0, x - 1); u <= Math.min(columns - 1, x + 1); u++)
          sum += mask[v * columns + u] as number;
      out[y * columns + x] = sum / 9;
    }
  return out;
}

function ground(rgb: Uint8ClampedArray, plate: Plate, lens: Lens, { centre, kind, radius }: Figure): void {
  const reach = kind === "person" ? CONTACT_METRES : radius * 0.9;
  const region = regionOf([[centre[0], 0, centre[2]]], reach, lens);
  for (let y = region.top; y < region.bottom; y++)
    for (let x = region.left; x < region.right; x++) {
      const at = y * plate.width + x;
      lens.aim(x + 0.5, y + 0.5);
      const [px, py, pz] = lens.point(plate.distances[at] as number);
      if (py > 0.1) continue;
      const near = 1 - Math.hypot(px - centre[0], pz - centre[2]) / reach;
      if (near > 0) dim(rgb, at * 3, 1 - CONTACT_STRENGTH * near * near);
    }
}

function dim(rgb: Uint8ClampedArray, at: number, k: number): void {
  rgb[at] = (rgb[at] as number) * k;
  rgb[at + 1] = (rgb[at + 1] as number) * k;
  rgb[at + 2] = (rgb[at + 2] as number) * k;
}
