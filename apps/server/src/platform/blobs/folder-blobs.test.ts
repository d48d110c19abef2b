import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemRandom } from "@gatehouse/base";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFolderBlobs } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gatehouse-blobs-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const blobs = () => createFolderBlobs(join(folder, "all"), systemRandom);
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("a blob grows by what is appended, is read by range, and only its user can read it", async () => {
  const all = blobs();
  const file = await all.create("a/b/c.ghs");
  await file.append(Buffer.from("hello "));
  await file.append(Buffer.from("world"));
  await file.close();
  expect(Buffer.from((await all.read("a/b/c.ghs", 3, 8)) ?? []).toString()).toBe("lo wo");
  expect(Buffer.from((await all.read("a/b/c.ghs", 6, 800)) ?? []).toString()).toBe("world");
  expect(await all.read("a/b/c.ghs", 80, 90)).toHaveLength(0);
  expect(await all.size("a/b/c.ghs")).toBe(11);
  expect(await modeOf(join(folder, "all/a/b/c.ghs"))).toBe("600");
  expect(await modeOf(join(folder, "all/a/b"))).toBe("700");
  expect(await modeOf(join(folder, "all"))).toBe("700");
  await expect(all.create("a/b/c.ghs")).rejects.toMatchObject({ code: "EEXIST" });
  await all.truncate("a/b/c.ghs", 5);
  expect(await all.size("a/b/c.ghs")).toBe(5);
  const listed = [];
  for await (const blob of all.list()) listed.push(blob);
  expect(listed).toEqual(["a/b/c.ghs"]);
  await all.remove("a/b/c.ghs");
  await all.remove("a/b/c.ghs");
  expect([await all.size("a/b/c.ghs"), await all.read("a/b/c.ghs", 0, 1)]).toEqual([undefined, undefined]);
});

test("a small blob is put whole, also in place of another; a link is not followed", async () => {
  const all = blobs();
  await all.put("k/one.key", Buffer.from("first"));
  await all.put("k/one.key", Buffer.from("second"));
  expect(Buffer.from((await all.read("k/one.key", 0, 99)) ?? []).toString()).toBe("second");
  await symlink("/etc/hostname", join(folder, "all/k/two.key"));
  await expect(all.read("k/two.key", 0, 9)).rejects.toMatchObject({ code: "ELOOP" });
});

test("what a crash left of a blob that was put is none, and goes", async () => {
  const all = blobs();
  await all.put("k/one.key", Buffer.from("whole"));
  const draft = join(folder, "all/k/one.key.0123456789abcdef.tmp");
  await writeFile(draft, "who");
  const names = async () => {
    const listed = [];
    for await (const name of all.list()) listed.push(name);
    return listed;
  };
  expect(await names()).toEqual(["k/one.key"]);
  expect([await all.removeDrafts(), await all.removeDrafts()]).toEqual([1, 0]);
  await expect(stat(draft)).rejects.toMatchObject({ code: "ENOENT" });
  expect(await names()).toEqual(["k/one.key"]);
});

test("names lead nowhere else", async () => {
  const all = blobs();
  for (const name of [
    "../out.ghs",
    "a/../../out.ghs",
    "/etc/passwd.x",
    "a//b.ghs",
    "a/B.ghs",
    "",
    "a",
    "a\0.ghs",
  ])
    await expect(all.create(name), name).rejects.toThrow(RangeError);
});

test("a disk that is full refuses, and leaves what was there as it was", async ({ skip }) => {
  const disk = join(folder, "disk");
  await mkdir(disk);
  const run = promisify(execFile);
  const isMounted = await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]).then(
    () => true,
    () => false,
  );
  if (!isMounted) skip("only root can mount a small disk");
  try {
    const all = createFolderBlobs(disk, systemRandom);
    const file = await all.create("a/b.ghs");
    await file.append(Buffer.alloc(600_000, 1));
    await expect(file.append(Buffer.alloc(600_000, 2))).rejects.toMatchObject({ code: "server.disk_full" });
    expect(await all.size("a/b.ghs")).toBe(600_000);
    await file.append(Buffer.alloc(100_000, 3));
    await file.close();
    const bytes = await readFile(join(disk, "a/b.ghs"));
    expect([bytes.length, bytes[599_999], bytes[600_000]]).toEqual([700_000, 1, 3]);
    await expect(all.put("a/c.key", Buffer.alloc(600_000))).rejects.toMatchObject({
      code: "server.disk_full",
    });
    expect((await all.space()).totalBytes).toBeLessThan(2_000_000);
  } finally {
    await run("umount", [disk]);
  }
});
