import type { Block, Limb, Shape, Tube } from "./shapes.ts";

/**
 * Where a ray meets a shape: the distance, or Infinity. The outward normal and the number of the face lie in `hit`
 * afterwards: one buffer for all, read before the next call.
 */
export const hit = { x: 0, y: 0, z: 0, face: 0 };

/** Nearer than this is the surface that the ray starts on. */
const NEAREST = 1e-4;

/** The direction has length one. */
export function meet(
  shape: Shape,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  if (shape.kind === "block") return meetBlock(shape, ox, oy, oz, dx, dy, dz);
  return shape.kind === "limb"
    ? meetLimb(shape, ox, oy, oz, dx, dy, dz)
    : meetTube(shape, ox, oy, oz, dx, dy, dz);
}

function meetBlock(
  { planes }: Block,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  let enter = Number.NEGATIVE_INFINITY;
  let leave = Number.POSITIVE_INFINITY;
  let face = -1;
  for (let i = 0; i < planes.length; i += 4) {
    const nx = planes[i] as number;
    const ny = planes[i + 1] as number;
    const nz = planes[i + 2] as number;
    const slope = nx * dx + ny * dy + nz * dz;
    const gap = (planes[i + 3] as number) - nx * ox - ny * oy - nz * oz;
    if (slope < 0) {
      const t = gap / slope;
      if (t > enter) {
        enter = t;
        face = i;
      }
    } else if (slope > 0) leave = Math.min(leave, gap / slope);
    else if (gap < 0) return Infinity;
    if (enter > leave) return Infinity;
  }
  if (face < 0 || enter < NEAREST) return Infinity;
  hit.x = planes[face] as number;
  hit.y = planes[face + 1] as number;
  hit.z = planes[face + 2] as number;
  hit.face = face >> 2;
  return enter;
}

/** A cone that touches two balls (I. Quilez, "intersectors", rounded cone). */
function meetLimb(
  { a, b, ra, rb }: Limb,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  const bx = b[0] - a[0];
  const by = b[1] - a[1];
  const bz = b[2] - a[2];
  const ax = ox - a[0];
  const ay = oy - a[1];
  const az = oz - a[2];
  const shrink = ra - rb;
  const m0 = bx * bx + by * by + bz * bz;
  const m1 = bx * ax + by * ay + bz * az;
  const m2 = bx * dx + by * dy + bz * dz;
  const m3 = dx * ax + dy * ay + dz * az;
  const m5 = ax * ax + ay * ay + az * az;
  const d2 = m0 - shrink * shrink;
  hit.face = 0;
  if (d2 > 0) {
    const k2 = d2 - m2 * m2;
    const k1 = d2 * m3 - m1 * m2 + m2 * shrink * ra;
    const k0 = d2 * m5 - m1 * m1 + m1 * shrink * ra * 2 - m0 * ra * ra;
    const h = k1 * k1 - k0 * k2;
    if (h < 0) return Infinity;
    const t = (-Math.sqrt(h) - k1) / k2;
    const y = m1 - ra * shrink + t * m2;
    if (y > 0 && y < d2 && t > NEAREST)
      return outward(
        t,
        d2 * (ax + t * dx) - bx * y,
        d2 * (ay + t * dy) - by * y,
        d2 * (az + t * dz) - bz * y,
      );
  }
  const first = m3 * m3 - m5 + ra * ra;
  const m6 = m3 - m2;
  const second = m6 * m6 - (m5 - 2 * m1 + m0) + rb * rb;
  const ta = first > 0 ? -m3 - Math.sqrt(first) : Infinity;
  const tb = second > 0 ? -m6 - Math.sqrt(second) : Infinity;
  const t = Math.min(ta, tb);
  if (t === Infinity || t < NEAREST) return Infinity;
  return ta <= tb
    ? outward(t, ax + t * dx, ay + t * dy, az + t * dz)
    : outward(t, ax - bx + t * dx, ay - by + t * dy, az - bz + t * dz);
}

function meetTube(
  { a, b, r }: Tube,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  const bx = b[0] - a[0];
  const by = b[1] - a[1];
  const bz = b[2] - a[2];
  const ax = ox - a[0];
  const ay = oy - a[1];
  const az = oz - a[2];
  const bb = bx * bx + by * by + bz * bz;
  const bd = bx * dx + by * dy + bz * dz;
  const ba = bx * ax + by * ay + bz * az;
  const k2 = bb - bd * bd;
  const k1 = bb * (ax * dx + ay * dy + az * dz) - ba * bd;
  const k0 = bb * (ax * ax + ay * ay + az * az) - ba * ba - r * r * bb;
  const h = k1 * k1 - k2 * k0;
  if (h < 0) return Infinity;
  const root = Math.sqrt(h);
  hit.face = 0;
  const side = (-k1 - root) / k2;
  const y = ba + side * bd;
  if (y > 0 && y < bb && side > NEAREST) {
    const f = y / bb;
    return outward(side, ax + side * dx - bx * f, ay + side * dy - by * f, az + side * dz - bz * f);
  }
  const end = ((y < 0 ? 0 : bb) - ba) / bd;
  if (Math.abs(k1 + k2 * end) >= root || !(end > NEAREST)) return Infinity;
  hit.face = y < 0 ? 1 : 2;
  const way = y < 0 ? -1 : 1;
  return outward(end, bx * way, by * way, bz * way);
}

function outward(t: number, x: number, y: number, z: number): number {
  const k = 1 / Math.sqrt(x * x + y * y + z * z);
  hit.x = x * k;
  hit.y = y * k;
  hit.z = z * k;
  return t;
}
