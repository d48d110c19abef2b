import { AppError, type Clock, type Random } from "@gatehouse/base";
import {
  type Carrier,
  httpCarrier,
  type Identity,
  mqttCarrier,
  mqttPassword,
  webSocketCarrier,
} from "@gatehouse/device-client";
import type { AgentConfig } from "../config/schema.ts";

/** The server's own MQTT, behind the same address and certificate as everything else. */
const MQTT_PATH = "/mqtt";

export function carrierOf(
  transport: AgentConfig["transport"],
  identity: Identity,
  clock: Clock,
  random: Random,
): Carrier {
  const { url, ca, deviceId, apiKey, topics } = identity;
  const trust = ca === undefined ? {} : { ca };
  if (transport === "websocket") return webSocketCarrier({ url, trust, clock });
  if (transport === "http") return httpCarrier({ url, trust });
  if (apiKey === undefined)
    throw new AppError("config.invalid", {
      problems: ["transport: mqtt needs an API key from the enrolment"],
    });
  const broker = new URL(MQTT_PATH, url).href.replace(/^http/, "ws");
  const clientId = `agent-${deviceId}`;
  return mqttCarrier({
    url: broker,
    clientId,
    username: deviceId,
    password: () => mqttPassword({ url: broker, clientId, apiKey, clock, random }),
    topics,
    trust,
  });
}
