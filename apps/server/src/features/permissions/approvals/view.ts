import type { UnixMs } from "@gatehouse/base";
import type { access } from "@gatehouse/contract";
import type { ApprovalRow } from "../tables.ts";
import { type AskedAct, filledPath, withoutSecrets } from "./asked-act.ts";

export interface Onlooker {
  readonly isOwn: boolean;
  readonly isAble: boolean;
  readonly nowMs: UnixMs;
}

export function viewApproval(
  row: ApprovalRow,
  { params, body }: AskedAct,
  summary: string,
  { isOwn, isAble, nowMs }: Onlooker,
): access.Approval {
  const isOver = row.state === "waiting" && row.expires_at.getTime() <= nowMs;
  const isWaiting = row.state === "waiting" && !isOver;
  const aloneFromMs = row.alone_from?.getTime();
  return {
    id: row.id,
    act: row.act,
    state: isOver ? "expired" : row.state,
    request: {
      method: row.route.split(" ")[0] ?? "",
      path: filledPath(row.route, params),
      summary,
      ...(body === undefined ? {} : { body: withoutSecrets(body) }),
    },
    ...(row.resource_kind === null || row.resource_id === null
      ? {}
      : { resource: { kind: row.resource_kind, id: row.resource_id } }),
    requestedBy: { id: row.person_id, name: row.person_name },
    requestedMs: row.requested_at.getTime(),
    expiresMs: row.expires_at.getTime(),
    ...(aloneFromMs === undefined ? {} : { aloneFromMs }),
    ...(row.decided_by === null
      ? {}
      : { decidedBy: { id: row.decided_by, name: row.decided_by_name ?? "" } }),
    ...(row.decided_at === null ? {} : { decidedMs: row.decided_at.getTime() }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.code === null ? {} : { code: row.code }),
    hasReply: isOwn && row.reply !== null,
    may: {
      approve: isWaiting && isAble,
      refuse: isWaiting && isAble,
      withdraw: isWaiting && isOwn,
      carryOut: isWaiting && isOwn && aloneFromMs !== undefined && aloneFromMs <= nowMs,
    },
  };
}
