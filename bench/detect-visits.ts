import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { cameras } from "@gatehouse/contract";
import { framesOf } from "../tests/lib/clip-frames.ts";
import { type Gatehouse, startGatehouse } from "../tests/lib/gatehouse.ts";
import { installPackages } from "./lib/camera-clips.ts";
import {
  addCamera,
  changeSettings,
  everyFrame,
  type LiveCamera,
  measureUsage,
  playFrames,
} from "./lib/live-camera.ts";
import { startMotion } from "./lib/motion-daemon.ts";
import type { BenchResult } from "./lib/report.ts";
import { builtIn, countedIn, noisyPictures, visitsIn } from "./lib/visit-looks.ts";
import type { Bench } from "./run.ts";

const media = (name: string): string => fileURLToPath(new URL(`../../shared/media/${name}`, import.meta.url));
const ONE_BY_ONE = media("one-by-one-person-detection.mp4");
const BACKGROUND = media("vtest-background-without-people.png");
const VTEST = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
const LABELS = new URL("./labels/vtest.json", import.meta.url);

const FPS = 5;
/** Seconds of the video in which somebody is to be seen. */
const VISITS = [
  [6, 19],
  [23, 45],
  [50, 69],
  [75, 86],
  [92, 119],
  [124, 136],
] as const;
const OFF_BY_SECONDS = 2;
/** The first frame again and again: the gate learns the place, and there is something to keep from before the first visit. */
const STILL_SECONDS = 20;
const UNGATED_SECONDS = 45;
const NOISE_LIVE_SECONDS = 30;
const NOISE_SECONDS = 600;
const PRE_ROLL_SECONDS = 10;

export const bench: Bench = {
  describe:
    "six visits of one person each as six events, ten minutes of noise as none, people counted, and CPU a camera next to motion's",
  async run() {
    for (const file of [ONE_BY_ONE, BACKGROUND]) if (!existsSync(file)) throw new Error(`not here: ${file}`);
    const frames = await everyFrame(framesOf(ONE_BY_ONE, { fps: FPS }));
    const noisy = await noisyPictures(BACKGROUND);
    const server = await startGatehouse();
    try {
      const live = await watchLive(server, frames);
      const ungated = await watchWithoutGate(server, frames);
      const liveNoise = await watchNoise(server, noisy);
      const detector = await builtIn();
      try {
        console.log(`${NOISE_SECONDS} s of noise, faster than the clock: gate, lookout and detector alone`);
        const noise = await visitsIn(detector, noisy, NOISE_SECONDS);
        const counted = await countPeople((pictures) => countedIn(detector, pictures));
        return result({
          ...live,
          ...ungated,
          liveNoise,
          noise: noise.visits.length,
          looks: noise.looks,
          ...counted,
        });
      } finally {
        await detector.close();
      }
    } finally {
      await server.end();
    }
  },
};

interface Live {
  readonly right: number;
  readonly elsewhere: number;
  readonly preRolls: number;
  readonly shortestPreRollSeconds: number;
  readonly stillRatio: number;
  readonly gatedRatio: number;
  readonly motionStillRatio: number;
  readonly motionRatio: number;
  readonly version: string;
}

/** The video as a live camera that is recorded only around events, and in the same minutes Debian's motion. */
async function watchLive(server: Gatehouse, frames: readonly Buffer[]): Promise<Live> {
  const camera = await addCamera(server, "yard");
  await changeSettings(server, camera, (settings) => ({
    ...settings,
    recording: { ...settings.recording, mode: "events" },
    detection: { ...settings.detection, enabled: true },
  }));
  const motion = await startMotion({ fps: FPS, eventGapSeconds: 3, films: true });
  const play = (some: readonly Buffer[]) =>
    measureUsage(motion.pid, () =>
      playFrames(some, FPS, (frame) => {
        camera.socket.send(frame);
        motion.give(frame);
      }),
    );
  try {
    await play(Array(STILL_SECONDS * FPS).fill(frames[0]));
    let motionStill = 0;
    const still = await measureUsage(server.pid, async () => {
      motionStill = (await play(Array(STILL_SECONDS * FPS).fill(frames[0]))).treeRatio;
    });
    console.log(`the six visits: ${frames.length / FPS} s`);
    const startMs = Date.now();
    let motionRatio = 0;
    const gated = await measureUsage(server.pid, async () => {
      motionRatio = (await play(frames)).treeRatio;
    });
    await play(Array(15 * FPS).fill(frames[0]));
    camera.socket.close();
    return {
      ...(await judge(server, camera, startMs)),
      stillRatio: still.treeRatio,
      gatedRatio: gated.treeRatio,
      motionStillRatio: motionStill,
      motionRatio,
      version: motion.version,
    };
  } finally {
    await motion.end();
  }
}

async function judge(server: Gatehouse, { id }: LiveCamera, startMs: number) {
  const events = await eventsOf(server, id);
  const right = VISITS.filter(([from, to]) => {
    const during = events.filter(({ startMs: from_, endMs = from_ }) => {
      const [begins, ends] = [(from_ - startMs) / 1_000, (endMs - startMs) / 1_000];
      return begins >= from - OFF_BY_SECONDS && ends <= to + OFF_BY_SECONDS;
    });
    return during.length === 1;
  });
  const preRolls: number[] = [];
  for (const { startMs: fromMs } of events) preRolls.push(await preRollSeconds(server, id, fromMs));
  console.table(
    events.map((event, i) => ({
      from: (event.startMs - startMs) / 1_000,
      to: ((event.endMs ?? 0) - startMs) / 1_000,
      people: event.detection?.counted,
      surest: event.detection?.score,
      "sure after": ((event.detection?.alarmMs ?? 0) - event.startMs) / 1_000,
      "pre-roll": preRolls[i],
    })),
  );
  return {
    right: right.length,
    elsewhere: events.length - right.length,
    preRolls: preRolls.filter((seconds) => seconds >= PRE_ROLL_SECONDS).length,
    shortestPreRollSeconds: Math.min(...preRolls),
  };
}

async function eventsOf({ call }: Gatehouse, cameraId: string): Promise<cameras.CameraEvent[]> {
  const { items } = await call<{ items: cameras.CameraEvent[] }>(
    "GET",
    `/api/v1/camera-events?camera=${cameraId}&kinds=person,object&limit=100`,
  );
  return items.toReversed();
}

/** Seconds before the event that are recorded without a gap, to a fifth of a second; 15 are looked at. */
async function preRollSeconds({ call }: Gatehouse, cameraId: string, startMs: number): Promise<number> {
  const [fromMs, toMs] = [startMs - 15_000, startMs];
  const { items } = await call<{ items: cameras.Segment[] }>(
    "GET",
    `/api/v1/cameras/${cameraId}/segments?fromMs=${fromMs}&toMs=${toMs}`,
  );
  let reachesMs = toMs;
  for (const { firstMs, lastMs } of items.toReversed())
    if (lastMs >= reachesMs - 1_000) reachesMs = Math.min(reachesMs, firstMs);
  return (toMs - Math.max(fromMs, reachesMs)) / 1_000;
}

/** The detector looks at every frame. */
async function watchWithoutGate(server: Gatehouse, frames: readonly Buffer[]) {
  const camera = await addCamera(server, "ungated");
  await changeSettings(server, camera, (settings) => ({
    ...settings,
    recording: { ...settings.recording, mode: "events" },
    motion: { ...settings.motion, enabled: false },
    detection: { ...settings.detection, enabled: true },
  }));
  console.log(`without the gate: ${UNGATED_SECONDS} s`);
  const some = frames.slice(0, UNGATED_SECONDS * FPS);
  const usage = await measureUsage(server.pid, () =>
    playFrames(some, FPS, (frame) => camera.socket.send(frame)),
  );
  camera.socket.close();
  return { ungatedRatio: usage.treeRatio };
}

async function watchNoise(server: Gatehouse, noisy: readonly Buffer[]): Promise<number> {
  const camera = await addCamera(server, "street");
  await changeSettings(server, camera, (settings) => ({
    ...settings,
    detection: { ...settings.detection, enabled: true },
  }));
  console.log(`a street without people, with noise, live: ${NOISE_LIVE_SECONDS} s`);
  const frames = Array.from(
    { length: NOISE_LIVE_SECONDS * FPS },
    (_, i) => noisy[(i * 7) % noisy.length] as Buffer,
  );
  await playFrames(frames, FPS, (frame) => camera.socket.send(frame));
  await sleep(2_000);
  camera.socket.close();
  return (await eventsOf(server, camera.id)).length;
}

/** Of every second of the labelled frames whether as many are counted as are there, give or take one. */
async function countPeople(count: (pictures: readonly Buffer[]) => Promise<number[]>) {
  if (!existsSync(VTEST)) installPackages(["opencv-doc"]);
  if (!existsSync(VTEST)) throw new Error("vtest.avi is not here: apt-get install opencv-doc");
  const { frames } = JSON.parse(readFileSync(LABELS, "utf8")) as {
    readonly frames: readonly { readonly frame: number; readonly people: readonly unknown[] }[];
  };
  const counts = await count(await everyFrame(framesOf(VTEST, { fps: FPS })));
  const labelled = frames.filter((_, i) => i % 2 === 1);
  const rows = labelled.map(({ frame, people }) => ({
    frame,
    there: people.length,
    counted: counts[frame / 2] ?? 0,
  }));
  console.table(rows);
  const near = rows.filter(({ there, counted }) => Math.abs(there - counted) <= 1);
  return { labelledFrames: rows.length, countedRight: near.length };
}

function result(
  all: Live & {
    readonly ungatedRatio: number;
    readonly liveNoise: number;
    readonly noise: number;
    readonly looks: number;
    readonly labelledFrames: number;
    readonly countedRight: number;
  },
): BenchResult {
  return {
    figures: {
      visits_right: all.right,
      events_elsewhere: all.elsewhere,
      events_with_10_s_before: all.preRolls,
      shortest_pre_roll_s: all.shortestPreRollSeconds,
      events_in_10_min_of_noise: all.noise,
      looks_in_10_min_of_noise: all.looks,
      events_in_live_noise: all.liveNoise,
      labelled_frames: all.labelledFrames,
      frames_counted_within_one: all.countedRight,
      still_cpu_percent: all.stillRatio * 100,
      visits_cpu_percent: all.gatedRatio * 100,
      without_gate_cpu_percent: all.ungatedRatio * 100,
      still_motion_cpu_percent: all.motionStillRatio * 100,
      visits_motion_cpu_percent: all.motionRatio * 100,
    },
    targets: {
      visits_right: "= 6",
      events_elsewhere: "= 0",
      events_with_10_s_before: "= 6",
      events_in_10_min_of_noise: "= 0",
      events_in_live_noise: "= 0",
      frames_counted_within_one: ">= 11",
      still_cpu_percent: "<= 10",
    },
    peer: `motion ${all.version}`,
  };
}
