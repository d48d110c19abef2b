import { type Static, Type } from "typebox";
import { AccessView } from "../access/schemas.ts";
import { endpoint } from "../endpoint.ts";
import { ROLE_NAMES, type Role } from "../permissions.ts";
import { Language, line, object, UnixMs, Uuid } from "../schemas.ts";

export const RoleName = Type.Union(ROLE_NAMES.map((role) => Type.Literal(role))) as unknown as ReturnType<
  typeof Type.Unsafe<Role>
>;
const Theme = Type.Union([Type.Literal("auto"), Type.Literal("light"), Type.Literal("dark")]);

export const Person = object({
  id: Uuid,
  name: Type.String(),
  email: Type.String(),
  role: RoleName,
  language: Language,
  theme: Theme,
  singleKeys: Type.Boolean({ description: "Single-letter keyboard shortcuts (WCAG 2.1.4)" }),
  createdMs: UnixMs,
  lastLoginMs: Type.Optional(UnixMs),
});
export type Person = Static<typeof Person>;

export const Me = object({
  person: Person,
  sessionId: Uuid,
  /** What one may do anywhere; where, is in `access`. */
  permissions: Type.Array(Type.String()),
  access: AccessView,
  /** Sites of which anything may be done; devices granted one by one are in `access`. */
  sites: Type.Union([Type.Literal("all"), Type.Array(Uuid)]),
  /** Of the organisation that hosts the installation. */
  host: Type.Boolean(),
  tenant: object({ id: Uuid, name: Type.String() }),
  /** False on plain-HTTP loopback, where cookies cannot be `Secure`: the console shows a warning. */
  secure: Type.Boolean(),
  mustEnrolFactor: Type.Boolean({
    description: "Until a second factor is set up, every other route answers auth.factor_required",
  }),
  stepUpMs: Type.Optional(
    Type.Integer({ minimum: 0, description: "When this session last gave a second factor, Unix ms" }),
  ),
});
export type Me = Static<typeof Me>;

export const getMe = endpoint({
  method: "GET",
  path: "/api/v1/auth/me",
  tag: "people",
  audience: "operator",
  permission: "self",
  summary: "Who is logged in",
  reply: Me,
});
export const updateMe = endpoint({
  method: "PATCH",
  path: "/api/v1/auth/me",
  tag: "people",
  audience: "operator",
  permission: "self",
  summary: "Change one's own name, language, theme or shortcuts",
  body: object({
    name: Type.Optional(line(120)),
    language: Type.Optional(Language),
    theme: Type.Optional(Theme),
    singleKeys: Type.Optional(Type.Boolean()),
  }),
  reply: Me,
  records: ["person.changed"],
});
