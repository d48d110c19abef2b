import { AppError } from "@gatehouse/base";
import { devices } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import type { ClaimService } from "./claims/claim-service.ts";
import type { CommandPoll } from "./commands/command-poll.ts";
import type { CommandService } from "./commands/command-service.ts";
import { deviceTopics } from "./credentials/credential-service.ts";
import type { LogService } from "./device-log/log-service.ts";

export interface DeviceSideServices {
  readonly claims: ClaimService;
  readonly commands: CommandService;
  readonly poll: CommandPoll;
  readonly logs: LogService;
}

/** What devices call themselves. */
export function deviceRoutes({ claims, commands, poll, logs }: DeviceSideServices): Route[] {
  return [
    route(devices.claimDevice, async ({ body, address }) => {
      const { deviceId, name, apiKey, fingerprint } = await claims.exchange(body.code, address);
      return { deviceId, name, apiKey, fingerprint, topics: deviceTopics(name) };
    }),
    route(devices.registerDevice, async ({ body, address }) => {
      const { deviceId, apiKey, fingerprint } = await claims.exchange(body.claim_code, address);
      return { device_id: deviceId, api_key: apiKey, security_tag: fingerprint };
    }),
    route(devices.sendLogs, async ({ principal, body, address }) => {
      const { tenantId, deviceId } = principal;
      const lines = body.logs.map(({ ts, ...line }) => ({ ...line, tsMs: ts }));
      const result = await logs.append({ tenantId, deviceId, via: "http", address }, lines);
      const { accepted, refused } = result;
      if (result.limited === lines.length)
        throw new AppError("message.rate_limited", { retryAfterSeconds: 1 });
      return { accepted, refused };
    }),
    route(devices.nextCommand, async ({ principal, query, reply }) => {
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const command = await poll.next(principal.deviceId, Number(query.waitMs ?? 0), gone.signal);
      return command === undefined ? {} : { command };
    }),
    route(devices.answerCommand, async ({ principal, params, body }) => ({
      state: await commands.answered(principal.deviceId, params.id, body.ok, body.reason),
    })),
  ];
}
