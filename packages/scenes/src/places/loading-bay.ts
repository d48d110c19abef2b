import { COLLEAGUE_DARK, COURIER, STRANGER } from "../people/looks.ts";
import { bulb, spot } from "../trace/light.ts";
import { ball, box, type Shape, tube } from "../trace/shapes.ts";
import { asphalt, brick, lamp, metal, paint, plaster, slats, textured } from "../trace/surface.ts";
import type { Place } from "./place.ts";

const yellow = paint("#c9b23a");
const rubber = paint("#17181a");
const line = textured("#d8d8d0", plaster(12));

/** A rolling door with its frame, buffers and number. */
const dock = (x: number): Shape[] => [
  box([x, 1.75, -2.98], [3.1, 3.5, 0.12], textured("#9aa2a6", slats(0.25))),
  box([x, 0.14, -2.9], [3.1, 0.12, 0.06], rubber),
  box([x, 3.62, -2.9], [3.6, 0.24, 0.3], yellow),
  ...[-1.7, 1.7].flatMap((s) => [
    box([x + s, 1.75, -2.9], [0.22, 3.6, 0.3], yellow),
    box([x + s, 0.9, -2.74], [0.225, 0.24, 0.02], rubber),
    box([x + s, 2.1, -2.74], [0.225, 0.24, 0.02], rubber),
  ]),
  ...[-1.1, 1.1].map((s) => box([x + s, 0.45, -2.75], [0.3, 0.6, 0.3], rubber)),
];

const pallets = [0, 1, 2, 3].map((i) =>
  box([-5.1, 0.08 + i * 0.15, -1.6], [1.2, 0.1, 1], textured("#9b7a4c", metal(21)), 0.1 * i),
);

const van: Shape[] = [
  box([7.9, 1.35, 0.4], [2.1, 2.1, 4.6], textured("#c9cdd0", metal(22), 0.3)),
  box([7.9, 1.6, 2.75], [2, 0.8, 0.2], paint("#15191d", 0.5)),
  box([6.84, 1.5, -0.4], [0.02, 0.5, 2.2], paint("#2f6f7a")),
  ...[-1.1, 2].map((z) => tube([6.78, 0.36, z], [7.2, 0.36, z], 0.36, rubber)),
];

/** A yard at night, under the camera's own infrared lamp. */
export const loadingBay: Place = {
  view: { at: [-3.1, 3.5, 4.2], towards: [1.25, 0.95, -1.9], fieldDegrees: 48 },
  spanSeconds: 200,
  liveliness: 0.7,
  stage: {
    shapes: [
      box([0, -0.1, 0], [60, 0.2, 60], textured("#6a6b6e", asphalt(11))),
      box([0, 3, -3.2], [26, 6, 0.4], textured("#8d6152", brick(0.85, 13))),
      ...dock(-1.2),
      ...dock(3.6),
      box([1.25, 1.05, -2.95], [0.95, 2.1, 0.12], textured("#767f86", metal(14))),
      box([1.25, 2.13, -2.93], [1.1, 0.1, 0.18], paint("#3b4044")),
      box([1.62, 1.02, -2.87], [0.14, 0.04, 0.06], paint("#d8d8d0")),
      box([1.92, 1.35, -2.93], [0.16, 0.24, 0.12], paint("#d8d8d0")),
      box([1.25, 2.75, -2.84], [0.5, 0.16, 0.3], lamp("#ffffff", 1.4)),
      ...pallets,
      box([-5.1, 1.03, -1.6], [1, 0.8, 0.9], textured("#b08d5e", metal(15)), 0.15),
      box([-4, 0.48, -2.2], [0.9, 0.95, 0.8], paint("#5a7562"), -0.1),
      tube([6.2, 0, -1.4], [6.2, 1, -1.4], 0.09, yellow),
      ball([6.2, 1, -1.4], 0.09, yellow),
      tube([5.9, 0, 1.9], [5.9, 1, 1.9], 0.09, yellow),
      ...[-3.1, 0.6, 5.5].map((x) => box([x, 0.002, 0.4], [0.12, 0.004, 5], line)),
      ...van,
    ],
    lights: [
      spot([-3, 3.55, 4.2], [1.25, 0.6, -1.9], [15, 15, 15], [14, 50], 0.06),
      bulb([1.25, 2.62, -2.45], [1, 1, 1], 0.1),
    ],
    ambient: { above: [0.05, 0.05, 0.05], below: [0.03, 0.03, 0.03] },
    film: { exposure: 1.35, infrared: true, saturation: 0 },
    backdrop: { horizon: [0.01, 0.01, 0.01], zenith: [0.004, 0.004, 0.004] },
    haze: { fromMetres: 14, toMetres: 40 },
  },
  acts: [
    {
      persons: [
        {
          look: STRANGER,
          walk: [
            { to: [-7.5, 0.2] },
            { to: [-1.6, -0.6], waitSeconds: 2.5, facing: 1.1 },
            { to: [1.1, -2.25], waitSeconds: 9, facing: 3.05, doing: "reach" },
            { to: [3.4, -1.7], waitSeconds: 3, facing: 2.9 },
            { to: [-8, 1.2] },
          ],
          metresPerSecond: 1.15,
        },
      ],
    },
    {
      persons: [
        {
          look: COURIER,
          walk: [
            { to: [6.6, 3.4] },
            { to: [5.2, -0.4] },
            { to: [1.3, -2.3], waitSeconds: 4, facing: 3.14, doing: "reach" },
            { to: [1.8, 0.4] },
            { to: [2.6, 7] },
          ],
          metresPerSecond: 1.35,
        },
      ],
    },
    {
      persons: [
        {
          look: COLLEAGUE_DARK,
          walk: [{ to: [-8, -0.9] }, { to: [0, -1.1] }, { to: [5.4, -1.5] }, { to: [14, -2.2] }],
          metresPerSecond: 1.4,
        },
      ],
    },
  ],
};
