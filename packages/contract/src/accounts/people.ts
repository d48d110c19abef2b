import { type Static, Type } from "typebox";
import { RoleName } from "../access/schemas.ts";
import { endpoint } from "../endpoint.ts";
import { Done, IdParams, Language, object, QueryInt, text, UnixMs, Uuid } from "../schemas.ts";
import { Erasure, PersonalDetails, Reason } from "./personal.ts";

/** waiting → active or rejected; active ↔ disabled; any → erased. Only `active` may log in. */
export const PersonState = Type.Union([
  Type.Literal("waiting"),
  Type.Literal("active"),
  Type.Literal("rejected"),
  Type.Literal("disabled"),
  Type.Literal("erased"),
]);
export type PersonState = Static<typeof PersonState>;

/** A line of the list. */
export const PersonEntry = object({
  id: Uuid,
  name: Type.String({ description: "Empty once erased" }),
  email: Type.String({ description: "Empty once erased" }),
  role: RoleName,
  state: PersonState,
  language: Language,
  createdMs: UnixMs,
  lastLoginMs: Type.Optional(UnixMs),
  /** Erasure was asked for and happens then. */
  erasureDueMs: Type.Optional(UnixMs),
});
export type PersonEntry = Static<typeof PersonEntry>;

export const PersonDetail = object({
  person: PersonEntry,
  details: PersonalDetails,
  liveSessions: Type.Integer({ minimum: 0 }),
  /** The last approval, rejection, lock or unlock. */
  decision: Type.Optional(
    object({
      by: Type.Optional(Type.String({ description: "Name of who decided" })),
      atMs: UnixMs,
      reason: Type.Optional(Type.String()),
    }),
  ),
  erasure: Type.Optional(Erasure),
  isLastOwner: Type.Boolean({
    description: "The last owner who can log in: cannot be locked, demoted or erased",
  }),
});
export type PersonDetail = Static<typeof PersonDetail>;

export const listPeople = endpoint({
  method: "GET",
  path: "/api/v1/people",
  tag: "people",
  audience: "operator",
  permission: "people.read",
  summary: "Everybody with an account; `q` is part of a name or e-mail address",
  query: object({
    q: Type.Optional(text(254)),
    state: Type.Optional(PersonState),
    role: Type.Optional(RoleName),
    sort: Type.Optional(
      Type.Union([Type.Literal("name"), Type.Literal("created"), Type.Literal("lastLogin")]),
    ),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
    offset: Type.Optional(QueryInt),
  }),
  reply: object({
    items: Type.Array(PersonEntry),
    total: Type.Integer({ minimum: 0 }),
    counts: Type.Record(Type.String(), Type.Integer(), { description: "By state, whatever the filter" }),
  }),
});

export const findPeople = endpoint({
  method: "POST",
  path: "/api/v1/people/find",
  tag: "people",
  audience: "operator",
  permission: "people.approve",
  summary: "Who has exactly this phone or identity number; asked in a body, so that no address holds it",
  body: object({ number: text(64) }),
  reply: object({ items: Type.Array(PersonEntry) }),
  unrecorded: "changes nothing",
});

const one = {
  tag: "people",
  audience: "operator",
  params: IdParams,
  resource: { kind: "person", param: "id" },
} as const;

export const getPerson = endpoint({
  ...one,
  method: "GET",
  path: "/api/v1/people/:id",
  permission: "people.read",
  summary: "One person, with what is known about them",
  reply: PersonDetail,
  errors: ["account.not_found"],
});
export const approvePerson = endpoint({
  ...one,
  method: "POST",
  path: "/api/v1/people/:id/approve",
  permission: "people.approve",
  summary: "Let in somebody who signed up; a mail tells them",
  body: object({}),
  reply: PersonDetail,
  errors: ["account.not_found", "account.state"],
  records: ["person.approved"],
});
export const rejectPerson = endpoint({
  ...one,
  method: "POST",
  path: "/api/v1/people/:id/reject",
  permission: "people.approve",
  summary: "Turn away somebody who signed up; a mail tells them why",
  body: object({ reason: Reason }),
  reply: PersonDetail,
  errors: ["account.not_found", "account.state"],
  records: ["person.rejected"],
});
export const disablePerson = endpoint({
  ...one,
  method: "POST",
  path: "/api/v1/people/:id/disable",
  permission: "people.write",
  fourEyes: "people",
  summary: "Lock an account: every session ends now",
  body: object({ reason: Type.Optional(Reason) }),
  reply: PersonDetail,
  errors: ["account.not_found", "account.state", "account.last_owner", "account.own"],
  records: ["person.disabled"],
});
export const enablePerson = endpoint({
  ...one,
  method: "POST",
  path: "/api/v1/people/:id/enable",
  permission: "people.write",
  fourEyes: "people",
  summary: "Unlock an account",
  body: object({}),
  reply: PersonDetail,
  errors: ["account.not_found", "account.state"],
  records: ["person.enabled"],
});
export const exportPerson = endpoint({
  ...one,
  method: "POST",
  path: "/api/v1/people/:id/export",
  permission: "people.write",
  stepUp: true,
  perMinute: 20,
  summary: "Everything that is held about a person, as JSON",
  body: object({}),
  reply: Done,
  contentType: "application/json",
  errors: ["account.not_found"],
  records: ["person.exported"],
});
export const erasePerson = endpoint({
  ...one,
  method: "POST",
  path: "/api/v1/people/:id/erase",
  permission: "people.write",
  stepUp: true,
  fourEyes: "people",
  summary: "Delete what is personal about somebody, now and for ever; the row stays as erased",
  body: object({}),
  reply: PersonDetail,
  errors: ["account.not_found", "account.state", "account.last_owner", "account.own"],
  records: ["person.erased"],
});
