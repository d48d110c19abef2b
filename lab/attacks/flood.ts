import { systemClock } from "@gatehouse/base";
import { type Attack, given, type Report } from "../attack.ts";
import { connect, loginOf } from "../site/device.ts";
import { logIn, publishPacket } from "../site/raw.ts";
import type { NewDevice, Site } from "../site/site.ts";

/** Messages a second that this site takes from one device; five times as many may come at once. */
const PER_SECOND = 50;
const BURST = 5 * PER_SECOND;
/** The flood ends when so many got in; where the control holds it back, after that time. */
const FLOOD = { quick: { messages: 10_000, withinMs: 3_000 }, full: { messages: 100_000, withinMs: 20_000 } };
/** Without the control, on a machine with other work. */
const MAY_TAKE_TIMES = 10;
const BATCH = 250;
/** Sent and not acknowledged: what the wire and the server hold anyway. */
const MAX_OPEN = 5_000;
const NEIGHBOUR_EVERY_MS = 20;

/** Sends as fast as the socket takes it, QoS 1, so that what got in is acknowledged; how many, and how long it took from the log-in on. */
async function flood(
  site: Site,
  device: NewDevice,
  { messages, withinMs }: { readonly messages: number; readonly withinMs: number },
  report: Report,
): Promise<{ readonly acknowledged: number; readonly tookMs: number }> {
  const socket = await logIn(site.mqttPort, device);
  const startedMs = performance.now();
  let bytes = 0;
  // A PUBACK has four bytes.
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const acknowledged = (): number => Math.floor(bytes / 4);
  const isOver = (): boolean =>
    socket.destroyed || acknowledged() >= messages || performance.now() - startedMs > withinMs;
  const firstMs = systemClock.nowMs() - messages;
  for (let sent = 0; !isOver(); ) {
    if (sent < messages && sent - acknowledged() < MAX_OPEN) {
      const packets = Array.from({ length: BATCH }, (_, i) =>
        publishPacket(
          `gh/${device.name}/up/telemetry`,
          JSON.stringify({ ts: firstMs + sent + i, values: { power: 1 } }),
          ((sent + i) % 65_535) + 1,
        ),
      );
      socket.write(Buffer.concat(packets));
      sent += BATCH;
    }
    report.progress(Math.max(acknowledged() / messages, (performance.now() - startedMs) / withinMs));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  socket.destroy();
  return { acknowledged: acknowledged(), tookMs: performance.now() - startedMs };
}

interface Neighbour {
  readonly latenciesMs: number[];
  failed: number;
}

/** Somebody who minds his own business on the same broker, until told to stop. */
async function live(site: Site, device: NewDevice, isOver: () => boolean): Promise<Neighbour> {
  const client = await connect(site.mqttPort, loginOf(device));
  const neighbour: Neighbour = { latenciesMs: [], failed: 0 };
  do {
    const startedMs = performance.now();
    try {
      await client.publishAsync(`gh/${device.name}/up/telemetry`, '{"temperature": 20.5}', { qos: 1 });
      neighbour.latenciesMs.push(performance.now() - startedMs);
    } catch {
      neighbour.failed++;
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, NEIGHBOUR_EVERY_MS));
  } while (!isOver());
  await client.endAsync();
  return neighbour;
}

const quantile = (values: readonly number[], ratio: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * ratio)] ?? 0;

export const floodAttack: Attack = {
  name: "flood",
  control: "rateLimit",
  config: { GATEHOUSE_MQTT_MAX_MESSAGES_PER_SECOND: String(PER_SECOND) },
  texts: {
    en: {
      title: "Flood the broker",
      what: "A plug that has been taken over, with a good key of its own, sends as fast as it can, to fill the store and to delay everybody else. A thermometer on the same broker goes on reporting.",
      steps: [
        "A neighbour reports",
        "Send as fast as the wire takes it",
        "Count what got in, and the neighbour's delay",
      ],
      control: "Rate limit",
      measured: "More of the flood is taken than the limit allows.",
    },
    fr: {
      title: "Inonder le courtier",
      what: "Une prise détournée, munie d’une bonne clé, envoie aussi vite qu’elle peut, pour remplir le stockage et retarder tous les autres. Un thermomètre du même courtier continue de parler.",
      steps: [
        "Un voisin parle",
        "Envoyer aussi vite que la ligne le permet",
        "Compter ce qui est entré, et le retard du voisin",
      ],
      control: "Limite de débit",
      measured: "La part acceptée de l’inondation dépasse la limite.",
    },
  },
  async run(site, report) {
    const { messages, withinMs } = site.isQuick ? FLOOD.quick : FLOOD.full;
    const limits = { messages, withinMs: site.controls.rateLimit ? withinMs : withinMs * MAY_TAKE_TIMES };
    const [plug, sensor] = [await site.addDevice("plug"), await site.addDevice("thermometer")];
    report.step(0);
    let isOver = false;
    const neighbour = live(site, sensor, () => isOver);
    report.site(`${sensor.name} reports every ${NEIGHBOUR_EVERY_MS} ms`);
    report.step(1);
    report.attacker(`${plug.name} PUBLISH × ${limits.messages}, QoS 1`);
    const { acknowledged, tookMs } = await flood(site, plug, limits, report);
    isOver = true;
    const { latenciesMs, failed } = await neighbour;
    report.step(2);
    const allowed = Math.ceil(BURST + PER_SECOND * (tookMs / 1_000 + 1));
    const p95Ms = Math.round(quantile(latenciesMs, 0.95));
    report.site(`took ${acknowledged} in ${Math.round(tookMs)} ms; the limit allows ${allowed}`);
    report.site(`the neighbour: ${latenciesMs.length} acknowledged, ${failed} lost, p95 ${p95Ms} ms`);
    const succeeded = acknowledged > allowed;
    given(acknowledged > 0 && latenciesMs.length > 0, "both are heard before it becomes too much");
    given(succeeded || failed === 0, "a flood that is held back costs the neighbour no message");
    return {
      succeeded,
      evidence: {
        acknowledged,
        allowed,
        perSecond: Math.round(acknowledged / (tookMs / 1_000)),
        neighbourAcknowledged: latenciesMs.length,
        neighbourLost: failed,
        neighbourP50Ms: Math.round(quantile(latenciesMs, 0.5)),
        neighbourP95Ms: p95Ms,
      },
    };
  },
};
