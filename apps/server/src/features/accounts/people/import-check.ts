import { accounts } from "@gatehouse/contract";
import { Check } from "typebox/value";
import { emailKey } from "./account-store.ts";

export type ImportedPerson = accounts.ImportedPerson;
export type ImportProblem = accounts.ImportProblem;
/** As it comes from a file: any names, any texts. */
export type RawPerson = Readonly<Record<string, string | null>>;

/** What other systems call the same thing; case, spaces, `_` and `-` do not matter. */
const NAMES: Readonly<Record<string, keyof ImportedPerson>> = {
  name: "name",
  fullname: "name",
  username: "name",
  email: "email",
  mail: "email",
  emailaddress: "email",
  phone: "phone",
  mobile: "phone",
  phonenumber: "phone",
  address: "address",
  postaladdress: "address",
  identitynumber: "identityNumber",
  role: "role",
  language: "language",
  passwordhash: "passwordHash",
  password: "passwordHash",
};

const REQUIRED = ["name", "email"] as const;
const MAX_PROBLEMS = 1_000;

export interface CheckedImport {
  readonly people: readonly ImportedPerson[];
  readonly problems: readonly ImportProblem[];
}

/**
 * Reads each line by itself, so that each has its own answer. `isHash` says whether a password hash can be checked at
 * log-in; a password in the clear is none and is refused like any other unknown form.
 */
export function checkImport(raw: readonly RawPerson[], isHash: (text: string) => boolean): CheckedImport {
  const problems: ImportProblem[] = [];
  const seen = new Set<string>();
  const people = raw.map((one, index) => {
    const line = index + 1;
    const { person, unknown } = named(one);
    for (const field of unknown) problems.push({ line, field, code: "unknown_field" });
    for (const field of REQUIRED)
      if (person[field] === undefined) problems.push({ line, field, code: "missing" });
    for (const [field, text] of Object.entries(person))
      if (!Check(accounts.ImportedPerson.properties[field as keyof ImportedPerson], text))
        problems.push({ line, field, code: "malformed" });
    const { email, passwordHash } = person;
    if (passwordHash !== undefined && !isHash(passwordHash))
      problems.push({ line, field: "passwordHash", code: hashProblem(passwordHash) });
    if (email !== undefined && seen.has(emailKey(email)))
      problems.push({ line, field: "email", code: "email_twice" });
    if (email !== undefined) seen.add(emailKey(email));
    return person as ImportedPerson;
  });
  return { people, problems: problems.slice(0, MAX_PROBLEMS) };
}

/** A known form that we do not check is one that costs more than a log-in may. */
const hashProblem = (text: string): ImportProblem["code"] =>
  /^(pbkdf2:sha256:\d+\$[^$]+\$[0-9a-f]{64}|\$2[aby]\$\d\d\$[./0-9A-Za-z]{53})$/.test(text)
    ? "hash_too_costly"
    : "hash_unknown";

function named(raw: RawPerson): {
  readonly person: Readonly<Record<string, string>>;
  readonly unknown: readonly string[];
} {
  const person: Record<string, string> = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(raw)) {
    const text = value?.trim() ?? "";
    const field = NAMES[name.toLowerCase().replace(/[\s_-]/g, "")];
    if (field === undefined) unknown.push(name);
    else if (text !== "") person[field] = text;
  }
  return { person, unknown };
}
