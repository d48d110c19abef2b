import { AppError, type Random } from "@gatehouse/base";
import { sha256 } from "./digest.ts";

/** Crockford's: no I, L, O and U, so that nothing is misread from paper. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
export const RECOVERY_GROUPS = 7;
/** Of each group; one more is its check character. */
const GROUP_CHARACTERS = 4;

/**
 * A recovery code: 140 random bits as seven groups of four characters and a check character, which names the group that
 * was mistyped or stands at another's place.
 */
export function newRecoveryCode(random: Random): string[] {
  return Array.from({ length: RECOVERY_GROUPS }, (_, position) => {
    const characters = [...random.bytes(GROUP_CHARACTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]);
    return withCheck(position, characters.join(""));
  });
}

/**
 * What a person typed → the groups; blanks, dashes, small letters and O for 0, I or L for 1 do not matter. Refuses
 * `recovery.code_malformed` with the numbers of the groups that are mistyped, the first is 1; none when it is too short
 * or too long.
 */
export function parseRecoveryCode(typed: string): string[] {
  const text = normalise(typed);
  const width = GROUP_CHARACTERS + 1;
  if (text.length !== RECOVERY_GROUPS * width) throw new AppError("recovery.code_malformed", { groups: [] });
  const groups = Array.from({ length: RECOVERY_GROUPS }, (_, at) => text.slice(at * width, (at + 1) * width));
  const wrong = groups.flatMap((group, at) => (isGroup(at, group) ? [] : [at + 1]));
  if (wrong.length > 0) throw new AppError("recovery.code_malformed", { groups: wrong });
  return groups;
}

/** Whether a person typed this group. */
export const isSameGroup = (typed: string, group: string): boolean => normalise(typed) === group;

const normalise = (typed: string): string =>
  typed.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");

const isGroup = (position: number, group: string): boolean =>
  group === withCheck(position, group.slice(0, GROUP_CHARACTERS));

function withCheck(position: number, characters: string): string {
  const [byte = 0] = sha256(`gatehouse recovery code ${position} ${characters}`);
  return `${characters}${ALPHABET[byte % ALPHABET.length]}`;
}
