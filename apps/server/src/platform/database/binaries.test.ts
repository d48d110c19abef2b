import { mkdir, mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { restoreSymlinks } from "./binaries.ts";

test("links that an installation without scripts left out are made, and those that are there are kept", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gatehouse-links-"));
  await mkdir(join(folder, "native", "lib"), { recursive: true });
  const links = ["libx.so.1", "libx.so"].map((name) => ({
    source: "native/lib/libx.so.1.2",
    target: `native/lib/${name}`,
  }));
  await writeFile(join(folder, "native", "pg-symlinks.json"), JSON.stringify(links));
  await writeFile(join(folder, "native", "lib", "libx.so.1.2"), "");
  await restoreSymlinks(folder);
  await restoreSymlinks(folder);
  expect(await readlink(join(folder, "native", "lib", "libx.so"))).toBe("libx.so.1.2");
  expect(await readlink(join(folder, "native", "lib", "libx.so.1"))).toBe("libx.so.1.2");
  await rm(folder, { recursive: true });
});
