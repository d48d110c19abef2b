import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const FIRMWARE = fileURLToPath(new URL("../../../firmware/esp32-cam", import.meta.url));

export const WARNINGS = ["-Wall", "-Wextra", "-Werror"];
export const LIBRARIES = ["-lmbedcrypto", "-lsodium"];
const hasCompiler = spawnSync("g++", ["--version"], { stdio: "ignore" }).status === 0;
const missing = [
  ...(hasCompiler ? [] : ["g++"]),
  ...(existsSync("/usr/include/mbedtls/ecdsa.h") ? [] : ["libmbedtls-dev"]),
  ...(existsSync("/usr/include/sodium.h") ? [] : ["libsodium-dev"]),
];

/** For the titles of tests; empty when the firmware's core can be built here. */
export const absent = missing.length === 0 ? "" : ` (skipped: apt-get install ${missing.join(" ")})`;
export const canCompile = hasCompiler;

export const sourcesIn = (folder: string): string[] =>
  readdirSync(join(FIRMWARE, folder))
    .filter((name) => name.endsWith(".cpp"))
    .map((name) => join(FIRMWARE, folder, name));

const run = promisify(execFile);

/** Of everything the program is made of: the same sources give the same program. */
function digestOfSources(): string {
  const hash = createHash("sha256");
  for (const folder of ["src/core", "host"])
    for (const name of readdirSync(join(FIRMWARE, folder)).sort())
      hash.update(name).update(readFileSync(join(FIRMWARE, folder, name)));
  return hash.digest("hex").slice(0, 24);
}

/** Test files run beside each other, and one compiler is enough; false when it is ours to build. */
async function builtByAnother(program: string): Promise<boolean> {
  const claim = `${program}.claimed`;
  try {
    mkdirSync(claim);
    return false;
  } catch {
    for (let tries = 0; tries < 900 && !existsSync(program); tries++) await sleep(200);
    return existsSync(program);
  }
}

/** The core of the camera as a program of this machine, warnings being errors; built once for all test files. */
export async function buildCamera(): Promise<string> {
  const folder = join(tmpdir(), `gatehouse-firmware-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const program = join(folder, digestOfSources());
  if (existsSync(program) || (await builtByAnother(program))) return program;
  const fresh = `${program}.${process.pid}`;
  const sanitise = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"];
  const sources = [...sourcesIn("src/core"), ...sourcesIn("host")];
  await run("g++", ["-std=c++17", "-O1", ...WARNINGS, ...sanitise, "-o", fresh, ...sources, ...LIBRARIES]);
  renameSync(fresh, program);
  return program;
}

/** What the compiler says of sources that are not to be run; empty when nothing. */
export async function syntaxOf(args: readonly string[]): Promise<string> {
  try {
    const { stderr } = await run("g++", ["-fsyntax-only", "-std=c++17", ...WARNINGS, ...args]);
    return stderr;
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error);
  }
}
