import { type Static, Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { ROLE_NAMES, type Role } from "./permissions.ts";
import { Done, Email, IdParams, Language, line, object, stream, text, UnixMs, Uuid } from "./schemas.ts";

const RoleName = Type.Union(ROLE_NAMES.map((role) => Type.Literal(role))) as unknown as ReturnType<
  typeof Type.Unsafe<Role>
>;
const Password = Type.String({ minLength: 1, maxLength: 512 });
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
  permissions: Type.Array(Type.String()),
  tenant: object({ id: Uuid, name: Type.String() }),
  /** False on plain-HTTP loopback, where cookies cannot be `Secure`: the console shows a warning. */
  secure: Type.Boolean(),
});
export type Me = Static<typeof Me>;

export const PasswordVerdict = object({
  ok: Type.Boolean(),
  score: Type.Integer({ minimum: 0, maximum: 4, description: "zxcvbn score; 3 is required" }),
  tooShort: Type.Boolean({ description: "Fewer than 12 characters" }),
  warning: Type.Optional(Type.String({ description: "zxcvbn warning key" })),
  suggestions: Type.Array(Type.String()),
});
export type PasswordVerdict = Static<typeof PasswordVerdict>;

export const Session = object({
  id: Uuid,
  current: Type.Boolean(),
  personId: Uuid,
  personName: Type.String(),
  client: Type.String({ description: "Browser and system, from the User-Agent" }),
  createdMs: UnixMs,
  lastUsedMs: UnixMs,
  expiresMs: UnixMs,
});
export type Session = Static<typeof Session>;

export const AccessEntry = object({
  id: Type.String(),
  atMs: UnixMs,
  kind: Type.String({
    description: "setup, login, logout, refresh_reuse, session_ended, password_changed, …",
  }),
  outcome: Type.Union([Type.Literal("ok"), Type.Literal("refused")]),
  reason: Type.Optional(Type.String()),
  personName: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  address: Type.String(),
  client: Type.String(),
});
export type AccessEntry = Static<typeof AccessEntry>;

export const getSetup = endpoint({
  method: "GET",
  path: "/api/v1/setup",
  tag: "setup",
  audience: "public",
  summary: "Whether this installation still needs its owner",
  reply: object({ needed: Type.Boolean(), version: Type.String() }),
});
export const completeSetup = endpoint({
  method: "POST",
  path: "/api/v1/setup",
  tag: "setup",
  audience: "public",
  perMinute: 20,
  summary: "Create the owner with the one-time setup link's token",
  body: object({
    token: Type.String({ minLength: 1, maxLength: 200 }),
    organisation: line(120),
    name: line(120),
    email: Email,
    password: Password,
    language: Language,
  }),
  reply: Me,
  status: 201,
  errors: ["auth.setup_link_invalid", "auth.setup_done", "auth.password_weak"],
});
export const checkPassword = endpoint({
  method: "POST",
  path: "/api/v1/auth/password-check",
  tag: "people",
  audience: "public",
  perMinute: 120,
  summary: "Judge a password before it is chosen; nothing is stored",
  body: object({ password: Password, context: Type.Array(text(254), { maxItems: 8 }) }),
  reply: PasswordVerdict,
});
export const login = endpoint({
  method: "POST",
  path: "/api/v1/auth/login",
  tag: "people",
  audience: "public",
  perMinute: 60,
  summary: "Log in with e-mail address and password",
  body: object({ email: line(254), password: Password }),
  reply: Me,
  errors: ["auth.invalid_credentials", "auth.throttled"],
});
export const refresh = endpoint({
  method: "POST",
  path: "/api/v1/auth/refresh",
  tag: "people",
  audience: "public",
  perMinute: 120,
  summary: "Rotate the refresh cookie and get a new access cookie",
  reply: Me,
  errors: ["auth.session_ended"],
});
export const logout = endpoint({
  method: "POST",
  path: "/api/v1/auth/logout",
  tag: "people",
  audience: "public",
  summary: "End this session",
  reply: Done,
});
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
});
export const changePassword = endpoint({
  method: "POST",
  path: "/api/v1/auth/password",
  tag: "people",
  audience: "operator",
  permission: "self",
  perMinute: 20,
  summary: "Change one's own password; every other session ends",
  body: object({ current: Password, next: Password }),
  reply: Done,
  errors: ["auth.invalid_credentials", "auth.password_weak", "auth.throttled"],
});
export const listSessions = endpoint({
  method: "GET",
  path: "/api/v1/sessions",
  tag: "people",
  audience: "operator",
  permission: "self",
  summary: "One's own live sessions",
  reply: object({ items: Type.Array(Session) }),
});
export const endSession = endpoint({
  method: "DELETE",
  path: "/api/v1/sessions/:id",
  tag: "people",
  audience: "operator",
  permission: "self",
  summary: "End one of one's own sessions",
  params: IdParams,
  reply: Done,
  errors: ["account.not_found"],
});
export const endOtherSessions = endpoint({
  method: "DELETE",
  path: "/api/v1/sessions",
  tag: "people",
  audience: "operator",
  permission: "self",
  summary: "End all of one's own sessions but this one",
  reply: object({ ended: Type.Integer() }),
});
export const listPeople = endpoint({
  method: "GET",
  path: "/api/v1/people",
  tag: "people",
  audience: "operator",
  permission: "people.read",
  summary: "Everybody with an account",
  reply: object({ items: Type.Array(Person) }),
});
export const listAccessLog = endpoint({
  method: "GET",
  path: "/api/v1/access-log",
  tag: "people",
  audience: "operator",
  permission: "access_log.read",
  summary: "Log-ins and session ends, good and bad, newest first",
  query: object({
    before: Type.Optional(Type.String({ pattern: "^[0-9]{1,18}$" })),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
    outcome: Type.Optional(Type.Union([Type.Literal("ok"), Type.Literal("refused")])),
    kind: Type.Optional(Type.String({ pattern: "^[a-z_]{1,40}$" })),
    q: Type.Optional(text(100)),
  }),
  reply: stream(AccessEntry),
});
