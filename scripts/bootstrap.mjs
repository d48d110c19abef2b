#!/usr/bin/env node
// Runs before `npm start` and `npm test` on whatever Node the machine has (20 or newer), with nothing
// installed yet: plain JavaScript, no dependency. Installs packages, builds the console when it is stale and,
// for tests on Debian as root, installs the outside programs the tests talk to.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const forTests = process.argv.includes("--test");
const say = (text) => process.stderr.write(`${text}\n`);

/** Runs npm with the Node that runs this file; npm's own path comes from npm itself when it started us. */
function npm(args) {
  const cli = process.env.npm_execpath;
  const [command, rest] = cli ? [process.execPath, [cli, ...args]] : ["npm", args];
  const { status } = spawnSync(command, rest, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, NODE_ENV: "" },
  });
  if (status !== 0) {
    say(`npm ${args.join(" ")} failed.`);
    process.exit(status ?? 1);
  }
}

function installPackages() {
  const sentinel = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  const fresh = existsSync(sentinel) && statSync(sentinel).mtimeMs >= statSync(lock).mtimeMs;
  if (fresh) return;
  say("Installing packages (once) …");
  const before = readFileSync(lock, "utf8");
  npm(["install", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (readFileSync(lock, "utf8") !== before) writeFileSync(lock, before);
  writeFileSync(sentinel, readFileSync(sentinel));
}

/** Names, sizes and times of everything that something is built from. */
function fingerprintOf(parts) {
  const hash = createHash("sha256");
  const walk = (path) => {
    const stat = statSync(path);
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) walk(join(path, name));
    else hash.update(`${path.slice(root.length)} ${stat.size} ${stat.mtimeMs}\n`);
  };
  for (const part of parts) if (existsSync(join(root, part))) walk(join(root, part));
  return hash.digest("hex");
}

function build(title, workspace, parts) {
  const stamp = join(root, workspace, "dist/.built-from");
  const fingerprint = fingerprintOf(parts);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  say(`Building ${title} …`);
  npm(["run", "--silent", "build", "-w", workspace]);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint);
}

const buildConsole = () =>
  build("the console", "apps/web", [
    "apps/web/src",
    "apps/web/index.html",
    "apps/web/share.html",
    "apps/web/vite.config.ts",
    "apps/web/package.json",
    "packages/base/src",
    "packages/contract/src",
    "packages/device-types/src",
    "packages/ledger/src",
    "package-lock.json",
  ]);

const buildVerifier = () =>
  build("the offline verifier", "packages/verifier", [
    "packages/verifier/src",
    "packages/verifier/build.ts",
    "packages/base/src",
    "packages/ledger/src",
    "packages/secure-channel/src/enrolment/words.ts",
    "package-lock.json",
  ]);

/** What the tests need beside Node: program on the PATH → Debian package. */
const OUTSIDE = {
  chromium: "chromium",
  mosquitto: "mosquitto",
  mosquitto_pub: "mosquitto-clients",
  curl: "curl",
  openssl: "openssl",
  setpriv: "util-linux",
  "g++": "g++",
};

/** Libraries for tests in other languages: file → Debian package. */
const OUTSIDE_FILES = {
  "/usr/lib/python3/dist-packages/paho": "python3-paho-mqtt",
  "/usr/lib/python3/dist-packages/cryptography": "python3-cryptography",
  "/usr/lib/python3/dist-packages/grpc": "python3-grpcio",
  "/usr/lib/python3/dist-packages/google/protobuf": "python3-protobuf",
  "/usr/bin/grpc_python_plugin": "protobuf-compiler-grpc",
  "/usr/lib/python3/dist-packages/gi": "python3-gi",
  "/usr/share/doc/gir1.2-gst-rtsp-server-1.0": "gir1.2-gst-rtsp-server-1.0",
  "/usr/share/doc/gstreamer1.0-plugins-good": "gstreamer1.0-plugins-good",
  "/usr/include/sodium.h": "libsodium-dev",
  "/usr/include/mbedtls/ecdsa.h": "libmbedtls-dev",
  "/usr/include/stdio.h": "libc6-dev",
};

/** Debian keeps a server's programs off the PATH, one folder a version; the client alone has the folder too. */
function hasPostgresServer() {
  const folder = "/usr/lib/postgresql";
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  return versions.some((version) => existsSync(join(folder, version, "bin", "initdb")));
}

function installOutsidePrograms() {
  const has = (program) =>
    [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"].some((folder) =>
      existsSync(join(folder, program)),
    );
  const missing = Object.entries(OUTSIDE)
    .filter(([program]) => !has(program))
    .map(([, name]) => name);
  for (const [file, name] of Object.entries(OUTSIDE_FILES)) if (!existsSync(file)) missing.push(name);
  if (!hasPostgresServer()) missing.push("postgresql");
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync("/usr/bin/apt-get")) {
    say(
      `Not on this machine: ${missing.join(", ")}. Tests that talk to them are skipped; on Debian: apt-get install ${missing.join(" ")}`,
    );
    return;
  }
  say(`Installing ${missing.join(", ")} (once) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const apt = (args) =>
    spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
  const install = ["install", "-y", "--no-install-recommends", ...missing];
  if (!apt(install) && !(apt(["update"]) && apt(install)))
    say("apt-get could not install them; tests that talk to them are skipped.");
}

installPackages();
if (forTests) installOutsidePrograms();
buildVerifier();
buildConsole();
