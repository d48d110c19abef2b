import { NEIGHBOUR_BLUE, NEIGHBOUR_RED, VISITOR } from "../people/looks.ts";
import { sun } from "../trace/light.ts";
import { chance } from "../trace/noise.ts";
import { ball, box, type Shape, tube } from "../trace/shapes.ts";
import { brick, colour, concrete, lamp, leaves, paint, textured, tiles } from "../trace/surface.ts";
import type { Place } from "./place.ts";

const steel = paint("#24282b", 0.2);
const hedge = textured("#4c6b34", leaves(26, 31));
const crown = textured("#456330", leaves(9, 32));
const stone = textured("#9c9a94", concrete(1.2, 33));
const glass = paint("#35475a", 0.6);

const pillar = (x: number): Shape[] => [
  box([x, 1.35, -3], [0.72, 2.7, 0.72], textured("#96604e", brick(1.1, 34))),
  box([x, 2.77, -3], [0.92, 0.14, 0.92], stone),
  box([x, 3.02, -3], [0.22, 0.34, 0.22], lamp("#f4efe0", 0.9)),
];

/** One wing of the gate, open to the street. */
const wing = (side: number): Shape[] => {
  const at = (along: number, y: number): [number, number, number] => [
    side * (2.3 - along * 0.3),
    y,
    -3.1 - along * 0.95,
  ];
  return [
    ...Array.from({ length: 9 }, (_, i) =>
      tube(at(0.12 + i * 0.24, 0.12), at(0.12 + i * 0.24, 2.2), 0.022, steel),
    ),
    ...[0.25, 1.2, 2.1].map((y) => tube(at(0.05, y), at(2.1, y), 0.032, steel)),
  ];
};

const tree = (x: number, z: number, seed: number): Shape[] => [
  tube([x, 0, z], [x, 3.2, z], 0.2, paint("#54412f")),
  ...Array.from({ length: 9 }, (_, i) =>
    ball(
      [
        x + (chance(seed, i, 1) - 0.5) * 2.6,
        3.3 + chance(seed, i, 2) * 2.4,
        z + (chance(seed, i, 3) - 0.5) * 2.4,
      ],
      0.95 + chance(seed, i, 4) * 0.55,
      crown,
    ),
  ),
];

const house: Shape[] = [
  box([-8.5, 3.6, -17], [15, 7.2, 6], textured("#a4715d", brick(1.15, 35))),
  box([-8.5, 7.3, -17], [15.5, 0.3, 6.5], stone),
  ...[0, 1, 2, 3, 4].flatMap((i) =>
    [0, 1].flatMap((j) => [
      box([-14 + i * 2.7, 2.1 + j * 2.9, -13.97], [1.35, 1.7, 0.1], glass),
      box([-14 + i * 2.7, 1.2 + j * 2.9, -13.9], [1.6, 0.12, 0.25], stone),
      box([-14 + i * 2.7, 2.1 + j * 2.9, -13.9], [0.06, 1.7, 0.06], paint("#e6e3da")),
    ]),
  ),
];

/** By day: a path to the house, a gate that stands open, hedges. */
export const frontGate: Place = {
  view: { at: [3.6, 3.5, 6.6], towards: [-0.3, 1, -2], fieldDegrees: 46 },
  spanSeconds: 75,
  liveliness: 0.75,
  stage: {
    shapes: [
      box([0, -0.1, -10], [120, 0.2, 120], textured("#57743c", leaves(14, 36))),
      box([0, 0.006, -6], [4.6, 0.012, 44], textured("#b3ada1", tiles(0.62, 37))),
      ...[-2.4, 2.4].map((x) => box([x, 0.05, -6], [0.16, 0.1, 44], stone)),
      ...pillar(-2.7),
      ...pillar(2.7),
      ...wing(-1),
      ...wing(1),
      ...[-1, 1].flatMap((s) => [
        box([s * 8.1, 0.95, -3], [9.9, 1.7, 0.95], hedge),
        box([s * 8.1, 0.2, -2.4], [9.9, 0.4, 0.24], stone),
      ]),
      box([2.72, 1.35, -2.6], [0.18, 0.34, 0.1], paint("#d8dcde", 0.3)),
      box([2.72, 1.42, -2.54], [0.1, 0.08, 0.02], lamp("#7fd8ff", 0.8)),
      ...house,
      ...tree(6, -10, 1),
      ...tree(10.5, -7.5, 2),
      ...tree(4.6, -17, 3),
      ...tree(-16, -9, 4),
    ],
    lights: [sun([-0.62, 0.72, 0.42], [1.75, 1.58, 1.3], 0.03)],
    ambient: { above: [0.5, 0.6, 0.74], below: [0.2, 0.2, 0.15] },
    film: { exposure: 0.6, infrared: false, saturation: 0.74 },
    backdrop: { horizon: colour("#d9e3ea"), zenith: colour("#8fb3d6") },
    haze: { fromMetres: 22, toMetres: 110 },
  },
  acts: [
    {
      persons: [
        {
          look: NEIGHBOUR_RED,
          walk: [{ to: [0.3, -24] }, { to: [0.5, -6] }, { to: [0.6, -0.5] }, { to: [0.2, 9] }],
          metresPerSecond: 1.4,
        },
      ],
    },
    {
      persons: [
        {
          look: NEIGHBOUR_BLUE,
          walk: [{ to: [-0.6, 9] }, { to: [-0.5, -1] }, { to: [-0.4, -8] }, { to: [0.8, -26] }],
          metresPerSecond: 1.3,
        },
      ],
    },
    {
      persons: [
        {
          look: VISITOR,
          walk: [
            { to: [1.6, 9.5] },
            { to: [1.7, -1.4], waitSeconds: 7, facing: 2.5, doing: "reach" },
            { to: [0.2, -6] },
            { to: [-0.4, -26] },
          ],
          metresPerSecond: 1.25,
        },
      ],
    },
    {
      persons: [
        {
          look: NEIGHBOUR_RED,
          walk: [{ to: [0.7, -24] }, { to: [0.8, -4] }, { to: [0.8, 9] }],
          metresPerSecond: 1.3,
        },
        {
          look: NEIGHBOUR_BLUE,
          walk: [{ to: [-0.3, -25] }, { to: [-0.2, -5] }, { to: [-0.2, 9] }],
          metresPerSecond: 1.32,
        },
      ],
    },
  ],
};
