/** How a sensor makes numbers of light. */
export interface Film {
  readonly exposure: number;
  /** Infrared: one channel, seen by its brightness. */
  readonly infrared: boolean;
  /** 1 leaves colours as they are. */
  readonly saturation: number;
}

const STEPS = 4_096;
/** Brightest light that is told apart from white. */
const WHITE = 8;
/** Filmic curve (K. Narkowicz's fit of ACES), then sRGB; by the square root of the light, so that darkness has steps. */
const CURVE = Uint8Array.from({ length: STEPS + 1 }, (_, i) => {
  const x = (i / STEPS) ** 2 * WHITE;
  const y = Math.min(1, (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14));
  return Math.round(255 * (y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055));
});

const develop = (light: number): number =>
  CURVE[Math.min(STEPS, Math.round(Math.sqrt(Math.max(0, light) / WHITE) * STEPS))] as number;

/** Lenses are darker in their corners: a factor for a point of the picture. */
export function vignette(px: number, py: number, width: number, height: number): number {
  const x = px / width - 0.5;
  const y = (py / height - 0.5) * 0.8;
  return 1 - Math.min(0.75, Math.max(0, Math.sqrt(x * x + y * y) - 0.28) * 0.85);
}

/** One pixel of linear light into three bytes at `at`. */
export function expose(
  film: Film,
  shade: number,
  r: number,
  g: number,
  b: number,
  to: Uint8Array | Uint8ClampedArray,
  at: number,
): void {
  const k = film.exposure * shade;
  const grey = r * 0.3 + g * 0.55 + b * 0.15;
  const s = film.infrared ? 0 : film.saturation;
  to[at] = develop(k * (grey + (r - grey) * s));
  to[at + 1] = develop(k * (grey + (g - grey) * s));
  to[at + 2] = develop(k * (grey + (b - grey) * s));
}
