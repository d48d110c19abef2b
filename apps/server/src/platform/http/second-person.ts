import type { AnyEndpoint } from "@gatehouse/contract";
import type { PersonPrincipal } from "./principal.ts";
import type { Route } from "./route.ts";

/** An act as it was asked for: checked against its schema and permitted, but not begun. */
export interface HeldAct {
  readonly endpoint: AnyEndpoint;
  readonly principal: PersonPrincipal;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Implemented by the approvals. */
export interface SecondPerson {
  /** Resolves when the act may begin now; keeps it and throws approval.required when somebody else must approve first. */
  hold(act: HeldAct): Promise<void>;
}

/** What is mounted, so that an approved act runs through the handler it was meant for. */
export interface Acts {
  /** By method and path as declared: `POST /api/v1/devices/:id/keys`. */
  find(key: string): Route | undefined;
}
