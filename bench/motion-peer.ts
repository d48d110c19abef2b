import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { cameras } from "@gatehouse/contract";
import { type Gatehouse, pssBytes, startGatehouse, treePssBytes } from "../tests/lib/gatehouse.ts";
import { multipartBodies } from "../tests/lib/multipart-bodies.ts";
import { type Clip, cameraClips } from "./lib/camera-clips.ts";
import { addCamera, measureUsage, playFrames, type Usage } from "./lib/live-camera.ts";
import { startMotion } from "./lib/motion-daemon.ts";
import type { BenchResult } from "./lib/report.ts";
import type { Bench } from "./run.ts";

const FPS = 10;
/** The first frame again and again: both learn what the place looks like without anybody. */
const WARM_UP_SECONDS = 15;
const IDLE_SECONDS = 10;
const RESTREAMED_FRAMES = 200;
const END_AFTER_SECONDS = cameras.DEFAULT_CAMERA_SETTINGS.motion.endAfterSeconds;

export const bench: Bench = {
  describe:
    "motion's and our CPU, memory and events on the same frames, ours sealed and signed besides; frames out = frames in [--seconds 200]",
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: "string", default: "200" } },
    });
    const clips = await cameraClips(FPS, Number(values.seconds));
    const server = await startGatehouse();
    try {
      const idle = await measureUsage(server.pid, () => sleep(IDLE_SECONDS * 1_000));
      const ours: Looked[] = [];
      const theirs: Peer[] = [];
      for (const [i, clip] of clips.entries()) {
        ours.push(await lookWithGatehouse(server, clip, i));
        theirs.push(await lookWithMotion(clip));
      }
      const altered = await restream(server, clips[0] as Clip, clips.length);
      const { ring, pinned } = await server.call<Kept>("GET", "/api/v1/recordings/storage");
      return result(clips, { ours, theirs, idle, altered, sealedBytes: ring.bytes + pinned.bytes });
    } finally {
      await server.end();
    }
  },
};

interface Looked extends Usage {
  readonly events: number;
  readonly treeBytes: number;
  readonly processBytes: number;
}

/** motion twice on the same frames: keeping films as it does unless told otherwise, and only looking. */
interface Peer extends Looked {
  readonly lookingRatio: number;
  readonly version: string;
}

interface Kept {
  readonly ring: { readonly bytes: number };
  readonly pinned: { readonly bytes: number };
}

const still = ({ frames }: Clip, seconds: number): Buffer[] => Array(seconds * FPS).fill(frames[0]);

interface Fed {
  readonly pid: number;
  give(frame: Buffer): void;
  events(): number | Promise<number>;
}

/** Warms up, plays the clip while CPU is counted, then waits until the last event is over. */
async function look(clip: Clip, fed: Fed): Promise<Looked> {
  await playFrames(still(clip, WARM_UP_SECONDS), FPS, (frame) => fed.give(frame));
  const usage = await measureUsage(fed.pid, () => playFrames(clip.frames, FPS, (frame) => fed.give(frame)));
  const memory = { treeBytes: treePssBytes(fed.pid), processBytes: pssBytes(fed.pid) };
  await playFrames(still(clip, END_AFTER_SECONDS + 2), FPS, (frame) => fed.give(frame));
  return { ...usage, ...memory, events: await fed.events() };
}

async function lookWithGatehouse(server: Gatehouse, clip: Clip, number: number): Promise<Looked> {
  const camera = await addCamera(server, `camera-${number}`);
  console.log(`gatehouse looks at ${clip.name}: ${clip.frames.length / FPS} s`);
  const looked = await look(clip, {
    pid: server.pid,
    give: (frame) => camera.socket.send(frame),
    async events() {
      const path = `/api/v1/camera-events?camera=${camera.id}`;
      return (await server.call<{ total: number }>("GET", path)).total;
    },
  });
  camera.socket.close();
  return looked;
}

async function lookWithMotion(clip: Clip): Promise<Peer> {
  const options = { fps: FPS, eventGapSeconds: END_AFTER_SECONDS };
  const [filming, looking] = [
    await startMotion({ ...options, films: true }),
    await startMotion({ ...options, films: false }),
  ];
  console.log(`motion looks at ${clip.name}: ${clip.frames.length / FPS} s`);
  try {
    const [filmed, looked] = await Promise.all([look(clip, filming), look(clip, looking)]);
    return { ...filmed, lookingRatio: looked.treeRatio, version: filming.version };
  } finally {
    await filming.end();
    await looking.end();
  }
}

/** How many of the frames that go in do not come out byte for byte, in their order. */
async function restream(server: Gatehouse, clip: Clip, number: number): Promise<number> {
  const camera = await addCamera(server, `camera-${number}`);
  const sent = clip.frames.slice(0, RESTREAMED_FRAMES);
  camera.socket.send(sent[0] as Buffer);
  await sleep(1_000);
  const stop = new AbortController();
  const reply = await fetch(`${server.url}/api/v1/cameras/${camera.id}/stream`, {
    headers: { cookie: server.cookie },
    signal: stop.signal,
  });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const body of multipartBodies(reply.body as AsyncIterable<Uint8Array>))
      seen.push(sha256(body));
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  await playFrames(sent.slice(1), FPS, (frame) => camera.socket.send(frame));
  await sleep(1_000);
  stop.abort();
  await reading;
  camera.socket.close();
  return sent.filter((frame, i) => seen[i] !== sha256(frame)).length + Math.max(0, seen.length - sent.length);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

interface Both {
  readonly ours: readonly Looked[];
  readonly theirs: readonly Peer[];
  readonly idle: Usage;
  readonly altered: number;
  readonly sealedBytes: number;
}

function result(clips: readonly Clip[], both: Both): BenchResult {
  const { ours, theirs, idle, altered, sealedBytes } = both;
  const figures: Record<string, number> = { idle_cpu_percent: idle.treeRatio * 100 };
  for (const [i, { name }] of clips.entries()) {
    const [us, them] = [ours[i] as Looked, theirs[i] as Peer];
    const key = name.replaceAll("-", "_");
    Object.assign(figures, {
      [`${key}_cpu_percent`]: us.treeRatio * 100,
      [`${key}_cpu_percent_without_postgres`]: us.processRatio * 100,
      [`${key}_motion_cpu_percent`]: them.treeRatio * 100,
      [`${key}_motion_only_looking_cpu_percent`]: them.lookingRatio * 100,
      [`${key}_server_mib`]: us.processBytes / 2 ** 20,
      [`${key}_server_and_postgres_mib`]: us.treeBytes / 2 ** 20,
      [`${key}_motion_mib`]: them.treeBytes / 2 ** 20,
      [`${key}_events`]: us.events,
      [`${key}_motion_events`]: them.events,
    });
  }
  const sum = (ratios: readonly number[]): number => ratios.reduce((total, one) => total + one, 0);
  const spent = sum(ours.map(({ treeRatio }) => treeRatio));
  return {
    figures: {
      ...figures,
      sealed_mib: sealedBytes / 2 ** 20,
      restreamed_frames: RESTREAMED_FRAMES,
      restreamed_altered: altered,
    },
    ratio: {
      "cpu vs motion": spent / sum(theirs.map(({ treeRatio }) => treeRatio)),
      "cpu vs motion that keeps nothing": spent / sum(theirs.map(({ lookingRatio }) => lookingRatio)),
    },
    targets: { "cpu vs motion": "<= 1.5", restreamed_altered: "= 0" },
    peer: `motion ${theirs[0]?.version}`,
  };
}
