import { AppError } from "@gatehouse/base";
import { Type } from "typebox";
import { exchange } from "./http-exchange.ts";
import type { Identity } from "./identity.ts";
import { parseJson } from "./json.ts";
import { ServerKeyJson, type ServerKeysJson } from "./server-keys.ts";

const ServerKeyList = Type.Object({
  servers: Type.Array(
    Type.Object({ suite: Type.Integer(), current: ServerKeyJson, next: Type.Optional(ServerKeyJson) }),
    { maxItems: 8 },
  ),
});

/** What the server says its keys are, for our suite; whoever uses them checks the root's signature. */
export async function fetchServerKeys(identity: Identity): Promise<ServerKeysJson | undefined> {
  const url = new URL("/api/v1/channel/keys", identity.url);
  const trust = identity.ca === undefined ? {} : { ca: identity.ca };
  const { status, body } = await exchange({ method: "GET", url: url.href, trust });
  if (status !== 200) throw new AppError("url.unreachable", { host: url.host, reason: `HTTP ${status}` });
  const found = parseJson(ServerKeyList, body).servers.find(({ suite }) => suite === identity.suite);
  return found && { current: found.current, ...(found.next === undefined ? {} : { next: found.next }) };
}
