import { AppError, type Clock } from "@gatehouse/base";
import { channel } from "@gatehouse/contract";
import { type Route, route } from "../../platform/http/route.ts";
import { type Envelopes, toldCode } from "./envelopes.ts";
import type { Pacer } from "./pacer.ts";
import type { SecureChannel } from "./ports.ts";
import type { Refusals } from "./refusals.ts";
import { Refused } from "./refused.ts";

export interface EnvelopeRouteParts {
  readonly clock: Clock;
  readonly channel: SecureChannel;
  readonly envelopes: Envelopes;
  readonly strangers: Pacer;
  readonly refusals: Refusals;
}

/**
 * One sealed message in one request. Nothing but the message says who sent it; a session needs a connection, so
 * other frames are refused.
 */
export function envelopeRoute(parts: EnvelopeRouteParts): Route {
  return route(channel.sendEnvelope, async ({ body, address, reply }) => {
    const by = { via: "http", address };
    if (!(body instanceof Uint8Array)) throw new AppError("message.malformed");
    if (!parts.strangers.take(address)) {
      parts.refusals.add(new Refused("message.rate_limited"), by);
      reply.header("retry-after", "2");
      throw new AppError("message.rate_limited");
    }
    const link = parts.channel.connect();
    const outcome = await parts.envelopes.take(link, body, by);
    parts.envelopes.end(link);
    if (outcome.result === "stored" || outcome.result === "duplicate")
      return {
        seq: channel.frameSequence(body),
        result: outcome.result,
        serverTimeMs: parts.clock.nowMs(),
      };
    // Sessions, and what comes in them, need a connection.
    if (outcome.result === "answer" || outcome.result === "frame") throw new AppError("envelope.refused");
    const code = toldCode(outcome.refused);
    const { detail } = outcome.refused;
    throw new AppError(code, detail === undefined || code === "envelope.refused" ? {} : { detail });
  });
}
