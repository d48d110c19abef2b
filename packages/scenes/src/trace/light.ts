import { normalise, sub, type Vec } from "./vector.ts";

/** A lamp, or the sun. Its shadow has an edge as soft as it is large. */
export type Light =
  | { readonly kind: "sun"; readonly towards: Vec; readonly power: Vec; readonly size: number }
  | {
      readonly kind: "lamp";
      readonly at: Vec;
      readonly power: Vec;
      readonly size: number;
      /** Of a spot: where it points, and the cosines between which its light ends. */
      readonly beam?: { readonly axis: Vec; readonly inner: number; readonly outer: number };
    };

export const sun = (towards: Vec, power: Vec, size: number): Light => ({
  kind: "sun",
  towards: normalise(towards),
  power,
  size,
});

export const bulb = (at: Vec, power: Vec, size = 0.12): Light => ({ kind: "lamp", at, power, size });

/** Full within `innerDegrees` of the axis, none beyond `outerDegrees`. */
export const spot = (
  at: Vec,
  target: Vec,
  power: Vec,
  [innerDegrees, outerDegrees]: readonly [number, number],
  size = 0.15,
): Light => ({
  kind: "lamp",
  at,
  power,
  size,
  beam: {
    axis: normalise(sub(target, at)),
    inner: Math.cos((innerDegrees * Math.PI) / 180),
    outer: Math.cos((outerDegrees * Math.PI) / 180),
  },
});

/**
 * Light that arrives at a point, after `arrive`: its direction, how far it comes, and its strength before any shadow.
 * One for all, read before the next call.
 */
export const arrival = { x: 0, y: 0, z: 0, distance: 0, strength: 0 };

/** Far enough for everything that is drawn. */
const SUN_METRES = 200;

/** `sx`, `sy`, `sz` move the place on the lamp that is looked at, within a ball of one: for soft shadows. */
export function arrive(light: Light, point: Vec, sx = 0, sy = 0, sz = 0): void {
  if (light.kind === "sun") {
    const { towards, size } = light;
    aim(towards[0] + sx * size, towards[1] + sy * size, towards[2] + sz * size);
    arrival.distance = SUN_METRES;
    arrival.strength = 1;
    return;
  }
  const { at, size, beam } = light;
  aim(at[0] + sx * size - point[0], at[1] + sy * size - point[1], at[2] + sz * size - point[2]);
  // Falls a little slower than by the square: rooms are full of light that came by way of their walls.
  arrival.strength = 1 / (0.25 + arrival.distance ** 1.6);
  if (beam === undefined) return;
  const inBeam = -arrival.x * beam.axis[0] - arrival.y * beam.axis[1] - arrival.z * beam.axis[2];
  const share = Math.min(1, Math.max(0, (inBeam - beam.outer) / (beam.inner - beam.outer)));
  arrival.strength *= share * share * (3 - 2 * share);
}

function aim(x: number, y: number, z: number): void {
  const distance = Math.sqrt(x * x + y * y + z * z);
  arrival.x = x / distance;
  arrival.y = y / distance;
  arrival.z = z / distance;
  arrival.distance = distance;
}
