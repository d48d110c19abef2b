/** Where a fleet's server is. */
export interface ServerEndpoints {
  /** `http://…` or `https://…`, without a path. */
  readonly httpUrl: string;
  readonly mqttUrl?: string | undefined;
  readonly mqttsUrl?: string | undefined;
  /** Authority that signed the server's certificate (PEM), when it is not a public one. */
  readonly caPem?: string | undefined;
}

/** The MQTT address for a transport; falls back to WebSocket, which is always there. */
export function mqttAddress(endpoints: ServerEndpoints, transport: "mqtt" | "mqtts" | "ws"): string {
  if (transport === "mqtt" && endpoints.mqttUrl !== undefined) return endpoints.mqttUrl;
  if (transport === "mqtts" && endpoints.mqttsUrl !== undefined) return endpoints.mqttsUrl;
  return `${endpoints.httpUrl.replace(/^http/, "ws")}/mqtt`;
}
