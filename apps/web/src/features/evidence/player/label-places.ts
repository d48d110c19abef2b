import type { Found } from "@gatehouse/video";

export type LabelPlace = "above" | "below" | "inside";

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Of a label in the stylesheet: its height, the room beside the text, and about so much for a letter, in pixels. */
const HEIGHT = 18;
const PADDING = 10;
const LETTER = 6.8;

/**
 * Where the label of each box stands in a picture of this size in pixels, so that people who walk close together
 * do not hide each other's: above the box, below it or inside, whatever is free first; above where nothing is.
 */
export function labelPlaces(
  boxes: readonly Pick<Found["boxes"][number], "x" | "y" | "width" | "height">[],
  texts: readonly string[],
  area: Size,
  /** At the upper and the lower edge, where other words stand over the picture. */
  kept = 0,
): LabelPlace[] {
  const taken: Rectangle[] = [];
  return boxes.map((box, index) => {
    const top = box.y * area.height;
    const bottom = (box.y + box.height) * area.height;
    const left = box.x * area.width;
    const right = left + PADDING + LETTER * (texts[index]?.length ?? 0);
    const tops: [LabelPlace, number][] = [
      ["above", top - HEIGHT],
      ["below", bottom],
      ["inside", top],
    ];
    const within = tops
      .map(([place, at]) => ({ place, rectangle: { left, right, top: at, bottom: at + HEIGHT } }))
      .filter(({ rectangle }) => rectangle.top >= kept && rectangle.bottom <= area.height - kept);
    const free = within.find(({ rectangle }) => !taken.some((other) => meet(rectangle, other)));
    const chosen = free ?? within[0];
    if (chosen === undefined) return "inside";
    taken.push(chosen.rectangle);
    return chosen.place;
  });
}

const meet = (one: Rectangle, other: Rectangle): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
