import { hash, hashRaw, parseOptions, verify } from "@node-rs/argon2";
import { BoundedQueue } from "../throttle/index.ts";
import { legacyPasswordCheck } from "./legacy-password.ts";

/** OWASP's first choice for argon2id: 19 MiB, 2 passes, 1 lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Two hashes are 38 MiB and two cores; 64 waiting ones are about 1 s of work. */
const queue = new BoundedQueue(2, 64);

/** What an unknown account's password is compared with, only to take the same time. */
let nobody: Promise<string> | undefined;

/** argon2id in PHC form. The password is hashed exactly as given (ASVS 6.2.8). Refuses `server.busy` under a flood. */
export function hashPassword(password: string): Promise<string> {
  return queue.run(() => hash(password, COST));
}

/**
 * argon2id at the cost of a password, of a secret that is short but random; `salt` 16 bytes, `key` kept elsewhere than
 * the result. The same input gives the same 32 bytes, so that they can be looked up. Refuses `server.busy`.
 */
export function stretchSecret(secret: string, salt: Uint8Array, key: Uint8Array): Promise<Uint8Array> {
  return queue.run(() => hashRaw(secret, { ...COST, salt, secret: key }));
}

/**
 * Whether `password` is the one behind `stored`: argon2id, or a hash of an older system (`legacyPasswordCheck`). With
 * `stored` undefined (no such account) it works as long as for argon2id and answers false, so that the time tells
 * nothing. What cannot be read answers false. Refuses `server.busy`.
 */
export function verifyPassword(stored: string | undefined, password: string): Promise<boolean> {
  return queue.run(async () => {
    const legacy = stored === undefined ? undefined : legacyPasswordCheck(stored);
    if (legacy !== undefined) return legacy(password);
    nobody ??= hash("nobody", COST);
    const phc = stored !== undefined && isArgon2id(stored) ? stored : await nobody;
    return (await verify(phc, password)) && phc === stored;
  });
}

/** Whether a hash from elsewhere can be taken over as it is: one of those that `verifyPassword` reads. */
export const isKnownPasswordHash = (stored: string): boolean =>
  isArgon2id(stored) || legacyPasswordCheck(stored) !== undefined;

/** True when `phc` was made at another cost than today's, or cannot be read: hash again at the next good login. */
export function needsRehash(phc: string): boolean {
  if (!isArgon2id(phc)) return true;
  const { memoryCost, timeCost, parallelism } = parseOptions(phc);
  return memoryCost !== COST.memoryCost || timeCost !== COST.timeCost || parallelism !== COST.parallelism;
}

function isArgon2id(phc: string): boolean {
  if (!phc.startsWith("$argon2id$v=19$")) return false;
  try {
    parseOptions(phc);
    return true;
  } catch {
    return false;
  }
}
