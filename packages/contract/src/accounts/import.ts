import { type Static, Type } from "typebox";
import { RoleName } from "../access/schemas.ts";
import { endpoint } from "../endpoint.ts";
import { Email, Language, line, object } from "../schemas.ts";
import { IdentityNumber, Phone, PostalAddress } from "./personal.ts";

/** One person of another system. */
export const ImportedPerson = object({
  name: line(120),
  email: Email,
  phone: Type.Optional(Phone),
  address: Type.Optional(PostalAddress),
  identityNumber: Type.Optional(IdentityNumber),
  /** `customer` unless told. */
  role: Type.Optional(RoleName),
  language: Type.Optional(Language),
  passwordHash: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 512,
      description:
        "`pbkdf2:sha256:50000$salt$hash` or bcrypt `$2b$12$…`; without one a mail asks to choose a password",
    }),
  ),
});
export type ImportedPerson = Static<typeof ImportedPerson>;

/** Any texts: people are checked one by one, so that each line can have its own answer. Empty texts count as absent. */
const People = Type.Array(
  Type.Record(Type.String({ maxLength: 64 }), Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()]), {
    maxProperties: 20,
  }),
  { minItems: 1, maxItems: 5_000 },
);

export const ImportProblem = object({
  line: Type.Integer({ minimum: 1, description: "Of the list, from 1" }),
  field: Type.String(),
  code: Type.Union([
    Type.Literal("missing"),
    Type.Literal("malformed"),
    Type.Literal("unknown_field"),
    Type.Literal("email_taken"),
    Type.Literal("email_twice"),
    Type.Literal("hash_unknown"),
    Type.Literal("hash_too_costly"),
    Type.Literal("role_exceeds_own"),
  ]),
});
export type ImportProblem = Static<typeof ImportProblem>;

export const ImportPlan = object({
  people: Type.Integer({ minimum: 0 }),
  withHash: Type.Integer({
    minimum: 0,
    description: "Of them with another system's password hash, which the first log-in replaces",
  }),
  withoutHash: Type.Integer({ minimum: 0, description: "Of them with none: a mail asks for a password" }),
  problems: Type.Array(ImportProblem, { maxItems: 1_000 }),
});
export type ImportPlan = Static<typeof ImportPlan>;

const bodyLimitBytes = 4 * 1024 * 1024;

export const checkImport = endpoint({
  method: "POST",
  path: "/api/v1/people/import/check",
  tag: "people",
  audience: "operator",
  permission: "people.write",
  perMinute: 30,
  bodyLimitBytes,
  summary: "What an import would do, line by line; nothing is changed",
  body: object({ people: People }),
  reply: ImportPlan,
  unrecorded: "changes nothing",
});
export const importPeople = endpoint({
  method: "POST",
  path: "/api/v1/people/import",
  tag: "people",
  audience: "operator",
  permission: "people.write",
  stepUp: true,
  perMinute: 10,
  bodyLimitBytes,
  summary: "Take over people of another system: all of them, or with a problem in any line none",
  body: object({ people: People }),
  reply: ImportPlan,
  status: 201,
  errors: ["people.import_refused"],
  records: ["person.imported"],
});
