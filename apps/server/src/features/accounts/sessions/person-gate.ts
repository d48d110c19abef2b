import { AppError, type UnixMs } from "@gatehouse/base";
import { type AnyEndpoint, type access, accounts } from "@gatehouse/contract";
import type { FastifyRequest } from "fastify";
import type { PersonGate, PersonPrincipal } from "../../../platform/http/principal.ts";
import type { PersonRow } from "../people/account-store.ts";
import type { Authenticated, SessionService } from "./session-service.ts";

/** What a person may do now; asked at every request. */
export type AccessOf = (person: Pick<PersonRow, "id" | "tenant_id" | "role">) => access.Access;

export const principalOf = (
  person: PersonRow,
  sessionId: string,
  permissions: access.Access,
  stepUpMs?: UnixMs,
): PersonPrincipal => ({
  kind: "person",
  tenantId: person.tenant_id,
  personId: person.id,
  sessionId,
  name: person.name,
  permissions,
  ...(stepUpMs === undefined ? {} : { stepUpMs }),
});

/** All that somebody may do who still has to set up a second factor: that, looking at oneself, and leaving. */
const BEFORE_FACTOR: readonly AnyEndpoint[] = [
  accounts.getMe,
  accounts.updateMe,
  accounts.getFactors,
  accounts.startPasskey,
  accounts.addPasskey,
  accounts.startTotp,
  accounts.addTotp,
  accounts.startSentCodes,
  accounts.addSentCodes,
  accounts.getStepUp,
  accounts.sendStepUpCode,
  accounts.stepUp,
  accounts.startPasskeyStepUp,
  accounts.finishPasskeyStepUp,
  accounts.changePassword,
  accounts.listSessions,
  accounts.endSession,
  accounts.endOtherSessions,
  accounts.endEverySession,
];
const keyOf = (method: string, path: string): string => `${method} ${path}`;
const OPEN_ROUTES: ReadonlySet<string> = new Set(
  BEFORE_FACTOR.map(({ method, path }) => keyOf(method, path)),
);

const isOpen = ({ method, routeOptions }: FastifyRequest): boolean =>
  OPEN_ROUTES.has(keyOf(method, routeOptions.url ?? ""));

export interface GateParts {
  readonly sessions: SessionService;
  readonly cookieName: string;
  readonly accessOf: AccessOf;
  /** Whether this person has to set up a second factor first. */
  mustEnrol(found: Authenticated): boolean;
}

/**
 * Reads the access cookie; the session's row decides, so an ended session is out at its next request. Refuses
 * auth.factor_required while a second factor is missing.
 */
export function createPersonGate({
  sessions,
  cookieName,
  accessOf,
  mustEnrol,
}: GateParts): PersonGate & { byToken(token: string | undefined): Promise<PersonPrincipal | undefined> } {
  const admit = async (
    token: string | undefined,
    isOpenRoute: boolean,
    address?: string,
  ): Promise<PersonPrincipal | undefined> => {
    if (token === undefined || token === "") return undefined;
    const found = await sessions.authenticate(token, address);
    if (found === undefined) return undefined;
    if (!isOpenRoute && mustEnrol(found)) throw new AppError("auth.factor_required");
    return principalOf(found.person, found.sessionId, accessOf(found.person), found.stepUpMs);
  };
  return {
    byToken: (token) => admit(token, false),
    authenticate: (request) => admit(request.cookies[cookieName], isOpen(request), request.ip),
  };
}
