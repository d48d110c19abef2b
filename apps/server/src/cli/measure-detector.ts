import { systemClock } from "@gatehouse/base";
import type { Detector, Picture } from "@gatehouse/detect";

export interface Measured {
  readonly family: string;
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Reading, checking, converting and trying the file. */
  readonly loadMs: number;
  readonly looks: number;
  /** Of one look: what the processor worked, and what passed; medians. */
  readonly cpuMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** What the process grew by. */
  readonly memoryMib: number;
}

const WARM_UP_LOOKS = 3;
const MIN_LOOKS = 10;

/** Looks at a picture of a camera's size again and again. Alone in its process: all that is worked is the model's. */
export async function measureDetector(open: () => Promise<Detector>, seconds: number): Promise<Measured> {
  const bytesBefore = process.memoryUsage.rss();
  const openedMs = systemClock.monotonicMs();
  const detector = await open();
  const loadMs = Math.round(systemClock.monotonicMs() - openedMs);
  try {
    const { inputSize, family = "" } = detector.description;
    const picture = patternOf(640, 480);
    for (let i = 0; i < WARM_UP_LOOKS; i++) await detector.detect(picture, { minScore: 0.5 });
    const [cpu, wall]: [number[], number[]] = [[], []];
    const untilMs = systemClock.monotonicMs() + seconds * 1_000;
    while (wall.length < MIN_LOOKS || systemClock.monotonicMs() < untilMs) {
      const [startMs, before] = [systemClock.monotonicMs(), process.cpuUsage()];
      await detector.detect(picture, { minScore: 0.5 });
      const { user, system } = process.cpuUsage(before);
      wall.push(systemClock.monotonicMs() - startMs);
      cpu.push((user + system) / 1_000);
    }
    const memoryMib = Math.round((process.memoryUsage.rss() - bytesBefore) / 2 ** 20);
    return {
      family,
      inputWidth: inputSize?.width ?? 0,
      inputHeight: inputSize?.height ?? 0,
      loadMs,
      looks: wall.length,
      cpuMs: rank(cpu, 0.5),
      medianMs: rank(wall, 0.5),
      p95Ms: rank(wall, 0.95),
      memoryMib,
    };
  } finally {
    await detector.close();
  }
}

const rank = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * share)] as number;

/** Waves of all sizes: neither flat nor noise. */
function patternOf(width: number, height: number): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    rgb[i] = 128 + 60 * Math.sin((x * y) / 4_000 + (i % 3)) + 60 * Math.sin(x / 17 + y / 29);
  }
  return { width, height, rgb, atMs: 0 };
}
