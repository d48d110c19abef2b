import { chown, lchown, mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "@gatehouse/base";
import type { PostgresBinaries } from "./binaries.ts";
import { runCommand } from "./run-command.ts";

/** How a PostgreSQL program is started, because PostgreSQL refuses to run as root. */
export interface Launcher {
  readonly kind: "same-user" | "user-namespace" | "other-user";
  /** Who must own the data folder, in the ids that we see. */
  readonly uid: number;
  readonly gid: number;
  /** The words in front of the program. */
  readonly prefix: readonly string[];
}

/** "nobody": the one unprivileged id with a name on every Linux, and initdb insists on a name. */
const NOBODY = 65_534;

/** The kernel interrupts the program when we die, however we die, and PostgreSQL then stops in order. */
const DIES_WITH_US = ["setpriv", "--pdeathsig", "INT"];

/**
 * Chooses the first launcher that works here. The owner of an existing data folder decides which are asked,
 * so the folder itself remembers how it was made:
 *
 * - not root: our own user, who must own the folder;
 * - root, folder new or owned by root: a user namespace in which root is called nobody. The files stay
 *   root's, so this works below a 0700 home and needs no second user;
 * - root, no user namespaces (containers), or a folder that belongs to somebody else: that user.
 */
export async function chooseLauncher(dataDir: string, binaries: PostgresBinaries): Promise<Launcher> {
  const parent = dirname(dataDir);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const owner = await findOwner(dataDir);
  let errorText = "";
  for (const launcher of candidates(owner, dataDir)) {
    // Reaches the folder and loads the libraries, or is not the launcher for this machine.
    const script = 'test -x "$1" && exec "$2" --version';
    const probe = await runCommand([...launcher.prefix, "sh", "-c", script, "sh", parent, binaries.postgres]);
    if (probe.code === 0) return launcher;
    errorText = probe.errorText;
  }
  throw new AppError("database.start_failed", {
    reason: "PostgreSQL does not run on this machine",
    errorText,
  });
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

async function findOwner(folder: string): Promise<Owner | undefined> {
  return stat(folder).catch(() => undefined);
}

function candidates(owner: Owner | undefined, dataDir: string): Launcher[] {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  if (uid === undefined || gid === undefined) {
    throw new AppError("database.start_failed", {
      reason: "set DATABASE_URL to use a PostgreSQL server here",
    });
  }
  if (uid === 0) {
    const others = otherUser(owner !== undefined && owner.uid !== 0 ? owner : { uid: NOBODY, gid: NOBODY });
    return owner === undefined || owner.uid === 0 ? [userNamespace(), ...others] : others;
  }
  if (owner !== undefined && owner.uid !== uid) {
    const reason = `the data folder ${dataDir} belongs to user ${owner.uid}, this program runs as ${uid}`;
    throw new AppError("database.start_failed", { reason });
  }
  // Without setpriv (macOS) a killed program leaves its database running; the next start stops it.
  return [[...DIES_WITH_US, "--"], []].map((prefix) => ({ kind: "same-user", uid, gid, prefix }));
}

function userNamespace(): Launcher {
  const enter = ["unshare", "--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, "--"];
  return { kind: "user-namespace", uid: 0, gid: 0, prefix: [...DIES_WITH_US, "--", ...enter] };
}

/**
 * The second one keeps a single capability, to pass through folders closed to that user (a checkout below
 * /root): less than root, and no more than the files that root in a user namespace may read and write.
 */
function otherUser({ uid, gid }: Owner): Launcher[] {
  const change = [...DIES_WITH_US, `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  const pass = ["inh-caps", "ambient-caps", "bounding-set"].map((set) => `--${set}=-all,+dac_override`);
  return [
    { kind: "other-user", uid, gid, prefix: [...change, "--"] },
    { kind: "other-user", uid, gid, prefix: [...change, ...pass, "--"] },
  ];
}

/** Gives a folder and all that is in it to the user whom the launcher becomes. */
export async function giveFolder(folder: string, launcher: Launcher): Promise<void> {
  if ((await stat(folder)).uid === launcher.uid) return;
  for (const name of await readdir(folder, { recursive: true })) {
    await lchown(join(folder, name), launcher.uid, launcher.gid);
  }
  // Last, because the folder's owner says that all of it is done.
  await chown(folder, launcher.uid, launcher.gid);
}
