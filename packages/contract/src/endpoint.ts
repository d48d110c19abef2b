import type { ErrorCode } from "@gatehouse/base";
import type { Static, TObject, TSchema } from "typebox";
import type { LedgerKind } from "./ledger/kinds.ts";
import type { Permission } from "./permissions.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may call: `public` anybody (log-in, set-up, health), `operator` a person with a session and the named
 * permission, `device` a device with its credential.
 */
export type Audience = "public" | "operator" | "device";

/** Kinds of things that an address can name; the server knows whose each one is and where it lies. */
export const RESOURCE_KINDS = {
  device: "device.not_found",
  site: "site.not_found",
  board: "board.not_found",
  rule: "rule.not_found",
  alert: "alert.not_found",
  meter_read: "meter_read.not_found",
  enrolment_group: "channel.group_not_found",
  notification_channel: "channel.not_found",
  delivery: "outbox.not_found",
  lab_run: "lab.run_not_found",
  person: "account.not_found",
  invitation: "invitation.not_found",
  role: "role.not_found",
  token: "token.not_found",
  approval: "approval.not_found",
  segment: "segment.not_found",
  recording_export: "export.not_found",
  camera_event: "camera_event.not_found",
  detector: "detector.not_found",
  /** A model on its way in. */
  model_upload: "detector.upload_gone",
  share: "share.not_found",
  /** Of the organisation as a whole, whatever its clips show. */
  case: "case.not_found",
  /** A place where copies of recordings go. */
  offsite_target: "offsite.target_not_found",
  /** Where copies of another installation arrive. */
  offsite_inbox: "offsite.inbox_not_found",
  /** Another organisation, for the installation's host. */
  tenant: "tenant.not_found",
} as const satisfies Record<string, ErrorCode>;
export type ResourceKind = keyof typeof RESOURCE_KINDS;

/** Acts for which an organisation can demand a second person. */
export const FOUR_EYES_ACTS = [
  /** Roles and who has them. */
  "permissions",
  "tokens",
  /** Disabling, erasing and re-admitting people. */
  "people",
  /** Keys and certificates of devices, batch keys. */
  "device_credentials",
  "device_removal",
  /** The server's own keys, and who must use the secure channel. */
  "channel",
  "settings",
  /** Other organisations of the installation. */
  "tenants",
  /** Exports of evidence, and what the ledger keeps. */
  "ledger",
  /** How much is recorded, and the end of what was. */
  "recordings",
  /** Which acts need a second person: needs one itself while any act does. */
  "approval_policy",
] as const;
export type FourEyesAct = (typeof FOUR_EYES_ACTS)[number];

/** One operation, declared once: the server mounts it, the console is typed by it, OpenAPI is made from it. */
export interface Endpoint<
  P extends TObject = TObject,
  Q extends TObject = TObject,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> {
  readonly method: Method;
  /** Fastify path with `:name` parameters. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly audience: Audience;
  /** Required for `operator`, absent for the others. */
  readonly permission?: Permission;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply: R;
  /** HTTP status of success; 200 unless told, 204 means no body. */
  readonly status?: number;
  /** Content type of success when it is not JSON: the handler then returns text, bytes or a stream. */
  readonly contentType?: string;
  /** Codes beyond those any route can answer. */
  readonly errors?: readonly ErrorCode[];
  /** Largest body accepted; 64 KiB unless told. */
  readonly bodyLimitBytes?: number;
  /** Calls per minute for one address; the global limit holds beside it. */
  readonly perMinute?: number;
  /**
   * The one thing this is about, by a parameter. The permission must reach it; another organisation's, or one beyond
   * the asker's sites, answers as if there were none.
   */
  readonly resource?: { readonly kind: ResourceKind; readonly param: string };
  /**
   * Also for whom the permission reaches a part of the organisation only: the handler answers that part. Without it and
   * without `resource` the permission must hold in the whole organisation.
   */
  readonly partial?: true;
  /** Needs a second factor given in the last five minutes; programs never have one. */
  readonly stepUp?: true;
  /** Where the organisation demands it, a second person approves before it is carried out. */
  readonly fourEyes?: FourEyesAct;
  /** Kinds of the ledger of which a success writes at least one. */
  readonly records?: readonly LedgerKind[];
  /** Why a state-changing route writes nothing to the ledger. */
  readonly unrecorded?: string;
}

export type AnyEndpoint = Endpoint<TObject, TObject, TSchema, TSchema>;

/** Keeps the literal types, so that a handler and the console know the exact shapes. */
export function endpoint<const E extends AnyEndpoint>(declared: E): E {
  return declared;
}

export type ParamsOf<E> = E extends { readonly params?: infer P extends TObject }
  ? Static<P>
  : Record<string, never>;
export type QueryOf<E> = E extends { readonly query?: infer Q extends TObject }
  ? Static<Q>
  : Record<string, never>;
export type BodyOf<E> = E extends { readonly body?: infer B extends TSchema } ? Static<B> : undefined;
export type ReplyOf<E> = E extends { readonly reply: infer R extends TSchema } ? Static<R> : never;
