import { box, limb, type Shape, tube } from "../trace/shapes.ts";
import { add, turn, type Vec } from "../trace/vector.ts";
import type { Look } from "./looks.ts";
import type { Pose } from "./route.ts";

/** Lengths of a body of 1.75 m, in metres. */
const BODY_METRES = 1.75;
const THIGH = 0.43;
const SHIN = 0.42;
const ANKLE = 0.075;
const UPPER_ARM = 0.28;
const FOREARM = 0.25;
/** From one step of the left foot to its next. */
const STRIDE_METRES = 1.38;

/** In the plane of a step: x to the side, y up, z ahead. Angles from straight down, ahead positive. */
const below = ([x, y, z]: Vec, length: number, angle: number): Vec => [
  x,
  y - length * Math.cos(angle),
  z + length * Math.sin(angle),
];

interface LegJoints {
  readonly hip: Vec;
  readonly knee: Vec;
  readonly ankle: Vec;
  readonly footPitch: number;
}

/** A leg at a phase of the step: hip swings, the knee bends while the foot is in the air. */
function legAt(side: number, phase: number, stride: number): LegJoints {
  const hip: Vec = [side * 0.095, 0, 0];
  const swing = Math.sin(phase);
  const lift = Math.max(0, Math.cos(phase)) ** 1.5;
  const thigh = stride * (0.42 * swing + 0.16 * lift);
  const bend = stride * (0.1 + 0.95 * lift + 0.12 * Math.max(0, -swing)) + 0.02;
  const knee = below(hip, THIGH, thigh);
  const ankle = below(knee, SHIN, thigh - bend);
  return { hip, knee, ankle, footPitch: stride * (swing > 0 ? 0.25 * swing : 0.55 * swing) };
}

/** The body as shapes in the room. */
export function person(look: Look, pose: Pose): Shape[] {
  const size = look.metres / BODY_METRES;
  const phase = (pose.metres / (STRIDE_METRES * size)) * 2 * Math.PI;
  const legs = [legAt(-1, phase, pose.stride), legAt(1, phase + Math.PI, pose.stride)];
  // Stands on the lower foot: the body rises and sinks with each step as bodies do.
  const hipHeight = ANKLE - Math.min(...legs.map(({ ankle }) => ankle[1]));
  const lean = 0.05 * pose.stride;
  const rock = pose.stride * 0.018 * Math.sin(phase);
  const place = ([x, y, z]: Vec): Vec =>
    add(
      [pose.x, 0, pose.z],
      turn([(x + rock) * size, (y + hipHeight) * size, (z + y * lean) * size], pose.yaw),
    );
  const part = (a: Vec, b: Vec, ra: number, rb: number, surface: Shape["surface"]): Shape =>
    limb(place(a), place(b), ra * size, rb * size, surface);
  return [
    ...legs.flatMap((leg) => legParts(leg, look, part)),
    ...trunk(look, part),
    ...head(look, part),
    ...arms(look, pose, phase, part),
    ...luggage(look, part, place, pose.yaw, size),
  ];
}

type Part = (a: Vec, b: Vec, ra: number, rb: number, surface: Shape["surface"]) => Shape;

function legParts(
  { hip, knee, ankle, footPitch }: LegJoints,
  { trousers, shoes }: Look,
  part: Part,
): Shape[] {
  const heel: Vec = [ankle[0], ankle[1] - 0.03, ankle[2] - 0.045];
  const toe: Vec = [
    ankle[0] * 1.15,
    ankle[1] - 0.035 + 0.19 * Math.sin(footPitch),
    ankle[2] + 0.17 * Math.cos(footPitch),
  ];
  return [
    part(hip, knee, 0.098, 0.066, trousers),
    part(knee, [ankle[0], ankle[1] + 0.02, ankle[2]], 0.066, 0.05, trousers),
    part(heel, toe, 0.05, 0.038, shoes),
  ];
}

function trunk({ jacket, trousers }: Look, part: Part): Shape[] {
  return [
    part([-0.07, 0.03, 0], [0.07, 0.03, 0], 0.118, 0.118, trousers),
    ...[-1, 1].map((s) => part([s * 0.062, 0.1, 0], [s * 0.085, 0.4, 0], 0.118, 0.122, jacket)),
    part([0, 0.12, 0.015], [0, 0.38, 0.02], 0.122, 0.13, jacket),
    part([-0.145, 0.475, -0.005], [0.145, 0.475, -0.005], 0.088, 0.088, jacket),
    part([0, 0.48, 0], [0, 0.54, 0], 0.1, 0.062, jacket),
  ];
}

function head({ skin, hair, hood, helmet, jacket }: Look, part: Part): Shape[] {
  const neckAndFace = [
    part([0, 0.55, 0], [0, 0.64, 0.015], 0.052, 0.05, skin),
    part([0, 0.675, 0.03], [0, 0.755, 0.018], 0.074, 0.094, skin),
    ball3(part, [0, 0.71, 0.112], 0.017, skin),
  ];
  if (hood === true)
    return [
      ...neckAndFace,
      part([0, 0.67, -0.03], [0, 0.765, -0.02], 0.1, 0.112, jacket),
      part([-0.05, 0.56, -0.04], [0.05, 0.56, -0.04], 0.075, 0.075, jacket),
    ];
  const top = part([0, 0.735, -0.022], [0, 0.79, -0.008], 0.094, 0.09, helmet ?? hair);
  if (helmet === undefined)
    return [...neckAndFace, top, part([0, 0.69, -0.035], [0, 0.74, -0.03], 0.07, 0.09, hair)];
  return [
    ...neckAndFace,
    top,
    part([-0.02, 0.785, 0.07], [0.02, 0.785, 0.07], 0.05, 0.05, helmet),
    part([0, 0.69, -0.035], [0, 0.73, -0.03], 0.065, 0.08, hair),
  ];
}

const ball3 = (part: Part, at: Vec, r: number, surface: Shape["surface"]): Shape =>
  part(at, at, r, r, surface);

function arms({ jacket, skin, parcel }: Look, pose: Pose, phase: number, part: Part): Shape[] {
  return [-1, 1].flatMap((side) => {
    const shoulder: Vec = [side * 0.195, 0.47, -0.005];
    // Against the leg of the same side.
    const swing = -0.36 * pose.stride * Math.sin(side < 0 ? phase : phase + Math.PI);
    const out = parcel !== undefined ? 0.95 : side > 0 ? pose.reach : pose.reach * 0.25;
    const upper = swing * (1 - out) + out * 0.95;
    const bend = 0.22 + 0.25 * pose.stride + out * (parcel !== undefined ? 0.75 : 0.55);
    const wide = side * (0.035 - 0.02 * out);
    const elbow = below([shoulder[0] + wide, shoulder[1], shoulder[2]], UPPER_ARM, upper);
    const wrist = below([elbow[0] + wide * 0.3, elbow[1], elbow[2]], FOREARM, upper + bend);
    const hand = below(wrist, 0.07, upper + bend);
    return [
      part(shoulder, elbow, 0.066, 0.05, jacket),
      part(elbow, wrist, 0.05, 0.036, jacket),
      part(wrist, hand, 0.036, 0.04, skin),
    ];
  });
}

function luggage(
  { bag, bands, parcel }: Look,
  part: Part,
  place: (local: Vec) => Vec,
  yaw: number,
  size: number,
): Shape[] {
  return [
    ...(bag === undefined
      ? []
      : [
          box(place([0, 0.27, -0.2]), [0.3 * size, 0.42 * size, 0.17 * size], bag, yaw),
          part([-0.07, 0.47, -0.17], [0.07, 0.47, -0.17], 0.075, 0.075, bag),
        ]),
    // Bands lie on what the trunk is made of.
    ...(bands === undefined
      ? []
      : [0.16, 0.3].flatMap((y) =>
          [-0.075, 0, 0.075].map((x) =>
            tube(
              place([x, y, x === 0 ? 0.018 : 0]),
              place([x, y + 0.045, x === 0 ? 0.018 : 0]),
              0.133 * size,
              bands,
            ),
          ),
        )),
    ...(parcel === undefined
      ? []
      : [box(place([0, 0.23, 0.36]), [0.42 * size, 0.28 * size, 0.32 * size], parcel, yaw)]),
  ];
}
