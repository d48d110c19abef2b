import { pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { verify } from "@node-rs/bcrypt";

const deriveAsync = promisify(pbkdf2);

/** More would let one imported row keep a thread busy for seconds at every try. */
const MAX_PBKDF2_ITERATIONS = 2_000_000;
const MIN_PBKDF2_ITERATIONS = 1_000;
const MIN_BCRYPT_COST = 4;
const MAX_BCRYPT_COST = 14;
/** bcrypt reads no more, so that its hashes say nothing of what is behind it. */
const MAX_BCRYPT_BYTES = 72;

/** Werkzeug's form: `pbkdf2:sha256:260000$salt$hex`; the salt is taken as UTF-8. */
const PBKDF2 = /^pbkdf2:sha256:([1-9][0-9]{0,8})\$([\x21-\x23\x25-\x7e]{1,128})\$([0-9a-f]{64})$/;
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./0-9A-Za-z]{53}$/;

type LegacyCheck = (password: string) => Promise<boolean>;

/**
 * How to check a password against a hash of an older system: `pbkdf2:sha256:…` and bcrypt. Undefined for anything
 * else and for costs beyond the bounds. The work is done in threads, never in the event loop.
 */
export function legacyPasswordCheck(stored: string): LegacyCheck | undefined {
  return pbkdf2Check(stored) ?? bcryptCheck(stored);
}

/** Whether somebody with this hash can log in: not of an unknown form, and not too costly to check. */
export const isImportablePasswordHash = (stored: string): boolean =>
  legacyPasswordCheck(stored) !== undefined;

function pbkdf2Check(stored: string): LegacyCheck | undefined {
  const [, count, salt = "", hex = ""] = PBKDF2.exec(stored) ?? [];
  const iterations = Number(count);
  if (!(iterations >= MIN_PBKDF2_ITERATIONS && iterations <= MAX_PBKDF2_ITERATIONS)) return undefined;
  const expected = Buffer.from(hex, "hex");
  return async (password) =>
    timingSafeEqual(await deriveAsync(password, salt, iterations, expected.length, "sha256"), expected);
}

function bcryptCheck(stored: string): LegacyCheck | undefined {
  const [, cost] = BCRYPT.exec(stored) ?? [];
  if (!(Number(cost) >= MIN_BCRYPT_COST && Number(cost) <= MAX_BCRYPT_COST)) return undefined;
  return async (password) => {
    // Some bcrypts end at a NUL: what is behind it would not count.
    if (password.includes("\0")) return false;
    // A salt or hash with bits that no bcrypt writes is nobody's password.
    return verify(Buffer.from(password).subarray(0, MAX_BCRYPT_BYTES), stored).catch(() => false);
  };
}
