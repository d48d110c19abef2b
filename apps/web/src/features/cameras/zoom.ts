/** What part of a picture is seen: enlarged `scale` times around its point (x, y), as shares of width and height. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0.5, y: 0.5 };
export const LARGEST_SCALE = 8;

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

/** Nothing beside the picture is ever seen. */
function kept({ scale, x, y }: Zoom): Zoom {
  const half = 0.5 / scale;
  return { scale, x: between(half, x, 1 - half), y: between(half, y, 1 - half) };
}

/** Enlarges by `factor`; what lies under the point (shares of what is seen now) stays there. */
export function zoomAt(zoom: Zoom, factor: number, at: { readonly x: number; readonly y: number }): Zoom {
  const scale = between(1, zoom.scale * factor, LARGEST_SCALE);
  const held = (centre: number, share: number) => centre + (share - 0.5) * (1 / zoom.scale - 1 / scale);
  return kept({ scale, x: held(zoom.x, at.x), y: held(zoom.y, at.y) });
}

/** Moves what is seen by shares of it: a drag to the right shows what is left of it. */
export const panBy = (zoom: Zoom, right: number, down: number): Zoom =>
  kept({ scale: zoom.scale, x: zoom.x - right / zoom.scale, y: zoom.y - down / zoom.scale });

/** For an element that holds the whole picture, with its transform's origin at the top left. */
export function transformOf({ scale, x, y }: Zoom): string {
  const shift = (centre: number) => `${((0.5 - centre * scale) * 100).toFixed(3)}%`;
  return `translate(${shift(x)}, ${shift(y)}) scale(${scale.toFixed(4)})`;
}
