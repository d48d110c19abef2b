import { isAppError, systemClock, systemRandom } from "@gatehouse/base";
import { enrol, type Identity, verifiedServerKey } from "@gatehouse/device-client";
import {
  CONTENT_TYPES,
  type KeyBundle,
  type PublicBundle,
  SUITE_IDS,
  type SuiteId,
  seal,
} from "@gatehouse/secure-channel";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { fetchNotBusy, type NewDevice, type Site, whenNotBusy } from "./site.ts";

const NO_RECONNECT: IClientOptions = { reconnectPeriod: 0, connectTimeout: 15_000, protocolVersion: 4 };

/** An ordinary MQTT client. Rejects with the broker's word when it is not let in. */
export async function connect(
  port: number,
  login: { readonly username: string; readonly password: string; readonly clientId?: string },
): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { ...NO_RECONNECT, ...login }, false);
  client.on("error", () => {});
  return client;
}

/** PUBLISH with QoS 1: what the broker answers, be it the end of the connection. */
export async function publish(
  client: MqttClient,
  topic: string,
  message: string,
  retain = false,
): Promise<"PUBACK" | "connection ended"> {
  const ended = new Promise<"connection ended">((resolve) =>
    client.once("close", () => resolve("connection ended")),
  );
  const acknowledged = client.publishAsync(topic, message, { qos: 1, retain }).then(() => "PUBACK" as const);
  return Promise.race([ended, acknowledged.catch(() => ended)]);
}

/** Logs in, says a temperature that is acknowledged, and goes. The broker's word when it is not let in. */
export async function sayTemperature(
  port: number,
  login: { readonly username: string; readonly password: string; readonly clientId?: string },
  celsius: number,
): Promise<string> {
  try {
    const client = await connect(port, login);
    const topic = `gh/${login.username}/up/telemetry`;
    await client.publishAsync(topic, JSON.stringify({ temperature: celsius }), { qos: 1 });
    await client.endAsync();
    return "CONNACK 0";
  } catch (error) {
    return (error as Error).message;
  }
}

export const loginOf = ({ name, apiKey }: NewDevice) => ({ username: name, password: apiKey });

/** A device in its own right, with keys of its own. */
export async function enrolDevice(
  site: Site,
  typeId: string,
  suite: SuiteId = SUITE_IDS.M1,
): Promise<{ readonly device: NewDevice; readonly identity: Identity }> {
  const device = await site.addDevice(typeId);
  const identity = await enrolAt(site.url, device.claimCode, suite);
  return { device, identity };
}

export async function enrolAt(url: string, code: string, suite: SuiteId): Promise<Identity> {
  const request = { url, by: { code }, suite, clock: systemClock, random: systemRandom };
  const reply = await whenNotBusy<{ status: number; identity?: Identity; error?: unknown }>(() =>
    enrol(request).then(
      ({ identity }) => ({ status: 201, identity }),
      (error) => {
        if (!isAppError(error, "server.busy")) throw error;
        return { status: error.row.status, error };
      },
    ),
  );
  if (reply.identity === undefined) throw reply.error;
  return reply.identity;
}

export const serverOf = ({ server, root }: Identity): PublicBundle =>
  verifiedServerKey(server.current, root).bundle;

export interface Sealing {
  readonly sequence: number;
  /** Unix ms; 0: no clock. */
  readonly sentMs: number;
  readonly bootId?: number;
  readonly storedLate?: boolean;
  readonly keys?: KeyBundle;
  readonly recipient?: PublicBundle;
}

/** One sealed message with values, as the device's own program would make it. */
export const sealValues = (identity: Identity, values: object, how: Sealing): Uint8Array =>
  seal(
    {
      sender: how.keys ?? identity.keys,
      recipient: how.recipient ?? serverOf(identity),
      contentType: CONTENT_TYPES.json,
      sequence: BigInt(how.sequence),
      sentMs: how.sentMs,
      bootId: how.bootId ?? 1,
      storedLate: how.storedLate ?? false,
      payload: Buffer.from(JSON.stringify(values)),
    },
    systemRandom,
  );

/** Posts one envelope; whoever has its bytes can. Answers `stored`, `duplicate` or the code of the refusal. */
export async function post(site: Pick<Site, "url">, envelope: Uint8Array): Promise<string> {
  const reply = await fetchNotBusy(`${site.url}/api/v1/channel/messages`, {
    method: "POST",
    headers: { "content-type": "application/vnd.gatehouse.sx" },
    body: new Uint8Array(envelope),
  });
  const { result, code } = (await reply.json()) as { result?: string; code?: string };
  return code ?? result ?? String(reply.status);
}

const PATIENCE_MS = 10_000;

/** Waits until `isRight`, at most ten seconds unless told; the last value either way. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isRight: (value: T) => boolean,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const value = await ask();
    if (isRight(value) || performance.now() > untilMs) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What the server needs at most to act on what it has taken; only for what must NOT happen. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

/** What an attack came to: waited for where nothing stops it, looked at once after a while where something does. */
export async function outcome<T>(
  isStopped: boolean,
  ask: () => Promise<T> | T,
  isGoal: (value: T) => boolean,
): Promise<T> {
  if (!isStopped) return eventually(ask, isGoal);
  await settle();
  return ask();
}
