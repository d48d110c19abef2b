/** What the mark beside the verdict says, by its shape before its colour. */
export type SealState = "genuine" | "unknown" | "changed";

const NOTCHES = 12;

/** A scalloped rim around 8, 8. */
function rim(): string {
  const at = (radius: number, turn: number): string => {
    const angle = (turn / NOTCHES) * 2 * Math.PI;
    return `${(8 + radius * Math.cos(angle)).toFixed(2)} ${(8 + radius * Math.sin(angle)).toFixed(2)}`;
  };
  const arcs = Array.from({ length: NOTCHES }, (_, n) => `Q${at(8.3, n + 0.5)} ${at(6.5, n + 1)}`);
  return `M${at(6.5, 0)}${arcs.join("")}Z`;
}

const GLYPHS: Readonly<Record<SealState, string>> = {
  genuine: "M5.1 8.2l2 2 3.9-4.1",
  unknown: "M6.3 6.3c0-2.3 3.4-2.2 3.4-.1 0 1.4-1.7 1.4-1.7 2.7M8 11v.3",
  changed: "M8.8 1.2L6.9 6l2.6 2.2L7 14.8",
};

const SIZE = 36;

export function seal(state: SealState): SVGSVGElement {
  const isFilled = state !== "unknown";
  return drawing(16, SIZE, [
    {
      d: rim(),
      fill: isFilled ? "currentColor" : "none",
      stroke: isFilled ? "none" : "currentColor",
      "stroke-dasharray": "2 1.6",
    },
    {
      d: GLYPHS[state],
      fill: "none",
      stroke: isFilled ? "var(--surface)" : "currentColor",
      "stroke-width": "1.6",
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    },
  ]);
}

/** A square drawing of paths that says nothing beyond the text beside it. */
export function drawing(
  units: number,
  size: number,
  paths: readonly Readonly<Record<string, string>>[],
): SVGSVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const attributes = { width: size, height: size, viewBox: `0 0 ${units} ${units}`, "aria-hidden": true };
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  for (const path of paths) {
    const one = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of Object.entries(path)) one.setAttribute(name, value);
    made.append(one);
  }
  return made;
}
