import { COLLEAGUE_DARK, PLUMBER } from "../people/looks.ts";
import { spot } from "../trace/light.ts";
import { ball, box, type Shape, tube } from "../trace/shapes.ts";
import { brick, colour, concrete, lamp, metal, paint, plaster, textured } from "../trace/surface.ts";
import type { Place } from "./place.ts";

const tank = textured("#3f6788", metal(71), 0.5);
const white = paint("#eeeeea", 0.2);
const grey = paint("#8f9597", 0.4);
const copper = paint("#b87a4a", 0.5);
const red = paint("#a83a2b", 0.3);

const boiler = (x: number): Shape[] => [
  tube([x, 0.2, -1.9], [x, 2.1, -1.9], 0.62, tank),
  ball([x, 1.83, -1.9], 0.68, tank),
  tube([x, 0, -1.9], [x, 0.22, -1.9], 0.67, paint("#2e3134")),
  tube([x, 0.72, -1.9], [x, 0.76, -1.9], 0.63, grey),
  tube([x, 1.62, -1.9], [x, 1.66, -1.9], 0.63, grey),
  tube([x, 1.3, -1.3], [x, 1.3, -1.2], 0.12, white),
  box([x + 0.02, 1.33, -1.195], [0.015, 0.09, 0.01], red),
  box([x, 0.95, -1.27], [0.26, 0.16, 0.03], paint("#d6b93b")),
];

/** A flange's wheel, as spokes around a nave. */
const valve = (x: number, y: number, z: number): Shape[] => [
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => {
    const at = (k: number): [number, number, number] => [
      x + 0.14 * Math.cos((k * Math.PI) / 4),
      y + 0.14 * Math.sin((k * Math.PI) / 4),
      z,
    ];
    return tube(at(i), at(i + 1), 0.02, red);
  }),
  tube([x - 0.14, y, z], [x + 0.14, y, z], 0.014, red),
  tube([x, y - 0.14, z], [x, y + 0.14, z], 0.014, red),
];

export const boilerRoom: Place = {
  view: { at: [-2.9, 2.9, 4.1], towards: [0.5, 0.9, -1], fieldDegrees: 52 },
  spanSeconds: 330,
  liveliness: 0.7,
  stage: {
    shapes: [
      box([0, -0.1, 0], [16, 0.2, 16], textured("#7f7d77", concrete(1.9, 72), 0.2)),
      box([0, 1.7, -3.1], [12, 3.5, 0.2], textured("#b3ab9c", brick(0.7, 73))),
      box([4.4, 1.7, 0], [0.2, 3.5, 10], textured("#b9b6ad", plaster(74))),
      box([-5, 1.7, 0], [0.2, 3.5, 10], textured("#b9b6ad", plaster(75))),
      box([0, 3.45, 0], [10, 0.1, 10], textured("#8f8d86", concrete(2.4, 76))),
      ...boiler(-1.3),
      ...boiler(0.5),
      box([2.6, 0.97, -1.9], [1.5, 1.9, 1.2], textured("#cdcfce", metal(77), 0.2)),
      box([2.6, 1.4, -1.29], [0.7, 0.4, 0.03], paint("#1d2b33", 0.5)),
      box([2.52, 1.43, -1.272], [0.4, 0.16, 0.004], lamp("#6fc3e8", 0.5)),
      ball([2.95, 1.05, -1.29], 0.03, lamp("#3be37f", 2)),
      ball([2.8, 1.05, -1.29], 0.03, lamp("#ff5a4a", 2)),
      box([2.6, 0.35, -1.29], [1.1, 0.4, 0.02], paint("#9da09f")),
      tube([-4.8, 2.85, -2.6], [4.3, 2.85, -2.6], 0.09, red),
      tube([-4.8, 2.6, -2.7], [4.3, 2.6, -2.7], 0.07, grey),
      ...[-1.3, 0.5, 2.6].flatMap((x) => [
        tube([x, 2.2, -2.2], [x, 2.85, -2.5], 0.06, copper),
        tube([x + 0.25, 1.8, -2.5], [x + 0.25, 2.7, -2.6], 0.05, grey),
      ]),
      ...valve(-2.5, 1.7, -2.8),
      tube([-2.5, 1.7, -3], [-2.5, 1.7, -2.8], 0.03, grey),
      tube([-3.3, 0, -2.4], [-3.3, 3.2, -2.4], 0.14, grey),
      box([-2.4, 0.35, -2.6], [0.5, 0.7, 0.4], paint("#c9b23a")),
      box([4.2, 1.5, -0.6], [0.3, 0.9, 0.7], white),
      tube([4.1, 2, -0.6], [4.1, 3.4, -0.6], 0.03, grey),
      tube([3.7, 0.25, 0.9], [3.7, 0.9, 0.9], 0.14, red),
      box([0.4, 3.36, -0.2], [1.5, 0.06, 0.2], lamp("#fbf9ea", 5)),
    ],
    lights: [spot([0.4, 3.28, -0.2], [0.4, 0, -0.9], [5.6, 5.3, 4.7], [48, 88], 0.45)],
    ambient: { above: [0.25, 0.24, 0.22], below: [0.23, 0.21, 0.18] },
    film: { exposure: 0.85, infrared: false, saturation: 0.9 },
    backdrop: { horizon: colour("#1b1b1b"), zenith: colour("#1b1b1b") },
  },
  acts: [
    {
      persons: [
        {
          look: PLUMBER,
          walk: [
            { to: [-4.4, 3.2] },
            { to: [-1.6, 0.6] },
            { to: [0.5, -0.6], waitSeconds: 10, facing: 3.1, doing: "reach" },
            { to: [2.4, -0.55], waitSeconds: 14, facing: 3.1, doing: "reach" },
            { to: [-1, 0.9] },
            { to: [-4.6, 3.4] },
          ],
          metresPerSecond: 1,
        },
      ],
    },
    {
      persons: [
        {
          look: COLLEAGUE_DARK,
          walk: [
            { to: [-4.4, 3] },
            { to: [-1.4, -0.5], waitSeconds: 6, facing: 3, doing: "reach" },
            { to: [-4.6, 3.2] },
          ],
          metresPerSecond: 1.1,
        },
      ],
    },
  ],
};
