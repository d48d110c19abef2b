import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LARGEST_SCALE, panBy, transformOf, WHOLE, type Zoom, zoomAt } from "./zoom.ts";

/** Where a point of the picture is seen, as a share of the frame. */
const seenAt = ({ scale, x }: Zoom, share: number) => (share - x) * scale + 0.5;

const share = fc.double({ min: 0, max: 1, noNaN: true });
const steps = fc.array(
  fc.oneof(
    fc.record({ factor: fc.double({ min: 0.2, max: 5, noNaN: true }), x: share, y: share }),
    fc.record({
      right: fc.double({ min: -1, max: 1, noNaN: true }),
      down: fc.double({ min: -1, max: 1, noNaN: true }),
    }),
  ),
  { maxLength: 30 },
);

describe("digital zoom", () => {
  it("keeps the point under the pointer where it is", () => {
    const zoomed = zoomAt(WHOLE, 2, { x: 0.25, y: 0.5 });
    expect(zoomed).toEqual({ scale: 2, x: 0.375, y: 0.5 });
    expect(seenAt(zoomed, 0.25)).toBeCloseTo(0.25);
  });

  it("never shows what is not picture, and stays between whole and eightfold", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        let zoom = WHOLE;
        for (const move of moves)
          zoom = "factor" in move ? zoomAt(zoom, move.factor, move) : panBy(zoom, move.right, move.down);
        expect(zoom.scale).toBeGreaterThanOrEqual(1);
        expect(zoom.scale).toBeLessThanOrEqual(LARGEST_SCALE);
        expect(seenAt(zoom, 0)).toBeLessThanOrEqual(1e-9);
        expect(seenAt(zoom, 1)).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });

  it("follows a drag: what is seen moves with the pointer", () => {
    const zoomed = zoomAt(WHOLE, 4, { x: 0.5, y: 0.5 });
    const moved = panBy(zoomed, 0.25, 0);
    expect(seenAt(moved, 0.5) - seenAt(zoomed, 0.5)).toBeCloseTo(0.25);
  });

  it("is a transform from the top left", () => {
    expect(transformOf(WHOLE)).toBe("translate(0.000%, 0.000%) scale(1.0000)");
    expect(transformOf({ scale: 2, x: 0.5, y: 0.75 })).toBe("translate(-50.000%, -100.000%) scale(2.0000)");
  });
});
