import { car } from "../people/car.ts";
import { NEIGHBOUR_BLUE, VISITOR } from "../people/looks.ts";
import { spot } from "../trace/light.ts";
import { box, type Shape } from "../trace/shapes.ts";
import { colour, concrete, lamp, paint, textured } from "../trace/surface.ts";
import type { Place } from "./place.ts";

const pillar = (x: number, z: number): Shape[] => [
  box([x, 1.5, z], [0.6, 3.2, 0.6], textured("#aaa8a1", concrete(2, 51))),
  box([x, 0.55, z], [0.62, 1.1, 0.62], paint("#cdb02c")),
  box([x, 0.3, z], [0.625, 0.16, 0.625], paint("#1e1e1e")),
  box([x, 0.75, z], [0.625, 0.16, 0.625], paint("#1e1e1e")),
];

const rows = [0, 1, 2, 3, 4];
const tubeLight = (i: number): Shape => box([0.5, 2.96, 3 - i * 4.4], [0.16, 0.05, 1.5], lamp("#f8f6e6", 5));

export const parkingLevel: Place = {
  view: { at: [-1.2, 2.7, 8.2], towards: [1.2, 0.5, -3], fieldDegrees: 60 },
  spanSeconds: 110,
  liveliness: 0.7,
  stage: {
    shapes: [
      box([0, -0.1, -8], [40, 0.2, 60], textured("#777775", concrete(3.2, 52), 0.5)),
      box([0, 3.1, -8], [30, 0.2, 46], textured("#75746f", concrete(2.4, 53))),
      box([0, 1.5, -24], [30, 3.2, 0.3], textured("#97958f", concrete(2.4, 54))),
      ...[-9, 9].map((x) => box([x, 1.5, -8], [0.3, 3.2, 44], textured("#9f9d97", concrete(2.4, 55)))),
      ...[-9, 9].map((x) => box([x * 0.98, 0.5, -8], [0.04, 0.3, 44], paint("#2f6f7a"))),
      ...rows.flatMap((i) => [-3.1, 4.1].flatMap((x) => pillar(x, 4 - i * 5.6))),
      ...[0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((i) =>
        [-6.4, 6.6].map((x) => box([x, 0.003, 5 - i * 2.8], [4.6, 0.006, 0.1], paint("#dcdcd4"))),
      ),
      box([0.5, 0.003, -6], [0.14, 0.006, 3], paint("#dcdcd4")),
      box([0.5, 2.86, -7], [1.6, 0.3, 0.06], paint("#2a6f4a")),
      ...[0, 1, 2, 3, 4, 5].map(tubeLight),
      ...car({ at: [6.7, 0, -1.2], yaw: -Math.PI / 2 }, "slate"),
      ...car({ at: [6.7, 0, -6.8], yaw: -Math.PI / 2 }, "maroon"),
      ...car({ at: [-6.5, 0, -4], yaw: Math.PI / 2 }, "black"),
      ...car({ at: [-6.5, 0, -9.6], yaw: Math.PI / 2 }, "white"),
      ...car({ at: [6.7, 0, -12.4], yaw: -Math.PI / 2 }, "blue"),
    ],
    lights: [0, 1, 2, 3, 4].map((i) =>
      spot([0.5, 2.9, 3 - i * 4.4], [0.5, 0, 2.8 - i * 4.4], [3.7, 3.65, 3.3], [35, 84], 0.35),
    ),
    ambient: { above: [0.13, 0.135, 0.14], below: [0.13, 0.128, 0.12] },
    film: { exposure: 1.05, infrared: false, saturation: 0.9 },
    backdrop: { horizon: colour("#15171a"), zenith: colour("#15171a") },
    haze: { fromMetres: 14, toMetres: 48 },
  },
  acts: [
    {
      persons: [
        {
          look: NEIGHBOUR_BLUE,
          walk: [
            { to: [4.6, 9] },
            { to: [1.6, 3.2] },
            { to: [1, -4] },
            { to: [2, -9.6] },
            { to: [10.5, -9.7] },
          ],
          metresPerSecond: 1.35,
        },
      ],
    },
    {
      persons: [],
      cars: [
        {
          paint: "silver",
          drive: [{ to: [1.1, -22.4] }, { to: [1, -12] }, { to: [0.9, 0] }, { to: [0.9, 14] }],
          metresPerSecond: 3.6,
        },
      ],
    },
    {
      persons: [
        {
          look: VISITOR,
          walk: [
            { to: [-5.4, -7] },
            { to: [-2, -6.4] },
            { to: [0.4, -3] },
            { to: [0.2, 4] },
            { to: [2.5, 11] },
          ],
          metresPerSecond: 1.3,
        },
      ],
    },
  ],
};
