import { once } from "node:events";
import type { Socket } from "node:net";
import { type Random, seededRandom } from "@gatehouse/base";
import type { Attack, Report } from "../attack.ts";
import { connect, loginOf } from "../site/device.ts";
import {
  connectPacket,
  logIn,
  openSocket,
  publishPacket,
  remainingLength,
  subscribePacket,
  write,
} from "../site/raw.ts";
import type { NewDevice, Site } from "../site/site.ts";

const MUTATIONS = { quick: 3_000, full: 1_000_000 };
/** Of the mutations, those of the frame; each needs a connection of its own. The others alter what a frame carries. */
const FRAME_RATIO = 0.2;
const CONNECTIONS_AT_ONCE = 48;
const CONTENTS_PER_WRITE = 100;
/** Announced by the packet that is too large, and how much of it is really sent. */
const GIANT = { announcedBytes: 200 * 2 ** 20, sentBytes: 16 * 2 ** 20, portionBytes: 256 * 1024 };
const CLOSE_WITHIN_MS = 3_000;
const SEED = 8_128;

/** One to eight bytes changed, doubled, cut off or swapped for those that break parsers. */
function mutate(bytes: Buffer, from: number, random: Random): Buffer {
  const altered = Buffer.from(bytes);
  const at = (): number => from + Math.floor(random.ratio() * (altered.length - from));
  const kind = Math.floor(random.ratio() * 5);
  if (kind === 0) return altered.subarray(0, at() + 1);
  if (kind === 1) return Buffer.concat([altered, altered.subarray(at())]);
  for (let i = 0; i <= Math.floor(random.ratio() * 8); i++)
    altered[at()] = kind === 2 ? ([0, 0x7f, 0x80, 0xff][i % 4] as number) : Math.floor(random.ratio() * 256);
  return altered;
}

type Tick = (count: number) => void;

/** The server closes what it cannot read and what has ended; a connection that it forgot is dropped. */
async function closeOf(socket: Socket): Promise<void> {
  const timer = setTimeout(() => socket.destroy(), CLOSE_WITHIN_MS);
  if (!socket.destroyed) await once(socket, "close");
  clearTimeout(timer);
}

/** Frames altered anywhere, each on a connection of its own, in four shapes. */
async function mutateFrames(site: Site, device: NewDevice, count: number, tick: Tick): Promise<void> {
  const random = seededRandom(SEED);
  const { name, apiKey } = device;
  const login = connectPacket({ clientId: name, username: name, password: apiKey });
  const shapes = [
    login,
    publishPacket(`gh/${name}/up/telemetry`, '{"temperature": 20.5}', 1),
    subscribePacket(`gh/${name}/down/#`),
    Buffer.from([0xa2, 4, 0, 1, 0, 0]),
  ];
  let left = count;
  const work = async (): Promise<void> => {
    while (left-- > 0 && site.isAlive()) {
      const shape = shapes[left % shapes.length] as Buffer;
      const mutated = mutate(shape, 0, random);
      const socket = await openSocket(site.mqttPort).catch(() => undefined);
      if (socket === undefined) return;
      socket.resume();
      await write(socket, shape === login ? mutated : Buffer.concat([login, mutated]));
      socket.end();
      await closeOf(socket);
      tick(1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, work));
}

/** Good frames with altered contents; QoS 0, so that nothing waits. */
async function mutateContents(site: Site, device: NewDevice, count: number, tick: Tick): Promise<void> {
  const random = seededRandom(SEED + 1);
  const { name } = device;
  const contents = [
    '{"ts": 1, "values": {"temperature": 20.5}}',
    '{"temperature": 20.5, "humidity": 40}',
    "[1, 2]",
  ];
  const topics = ["telemetry", "state", "event", "log", "sx"].map((kind) => `gh/${name}/up/${kind}`);
  let socket = await logIn(site.mqttPort, device, `${name}-c`);
  for (let sent = 0; sent < count && site.isAlive(); sent += CONTENTS_PER_WRITE) {
    const packets = Array.from({ length: CONTENTS_PER_WRITE }, (_, i) =>
      publishPacket(
        topics[(sent + i) % topics.length] as string,
        mutate(Buffer.from(contents[i % contents.length] as string), 0, random),
      ),
    );
    if (!(await write(socket, Buffer.concat(packets)))) {
      socket = await logIn(site.mqttPort, device, `${name}-c`);
    }
    tick(CONTENTS_PER_WRITE);
  }
  socket.end();
}

/** Announces a packet of 200 MiB and sends the beginning of it: the bytes that the server took without ending it. */
async function sendGiant(site: Site, device: NewDevice): Promise<{ sentBytes: number; isOpen: boolean }> {
  const socket = await logIn(site.mqttPort, device, `${device.name}-g`);
  await write(socket, Buffer.concat([Buffer.from([0x30]), remainingLength(GIANT.announcedBytes)]));
  const portion = Buffer.alloc(GIANT.portionBytes, 0x61);
  let sentBytes = 0;
  while (sentBytes < GIANT.sentBytes && (await write(socket, portion))) sentBytes += portion.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  const isOpen = !socket.destroyed && sentBytes >= GIANT.sentBytes;
  socket.destroy();
  return { sentBytes, isOpen };
}

async function isServing(site: Site, witness: NewDevice): Promise<boolean> {
  if (!site.isAlive()) return false;
  try {
    const client = await connect(site.mqttPort, loginOf(witness));
    await client.publishAsync(`gh/${witness.name}/up/telemetry`, '{"temperature": 20.5}', { qos: 1 });
    await client.endAsync();
    return true;
  } catch {
    return false;
  }
}

export const malformed: Attack = {
  name: "malformed",
  control: "parserGuard",
  config: {
    GATEHOUSE_MQTT_MAX_MESSAGES_PER_SECOND: "1000000",
    GATEHOUSE_MQTT_MAX_CONNECTIONS_PER_ADDRESS: "20000",
  },
  texts: {
    en: {
      title: "Malformed packets",
      what: "Packets that no honest client sends: a packet that announces 200 MiB, then MQTT frames and contents altered at random (one million in npm run lab, three thousand in npm test and on this page), to crash the server or to fill its memory.",
      steps: [
        "Announce a packet of 200 MiB",
        "Altered frames",
        "Altered contents",
        "Does it still serve others?",
      ],
      control: "Parser guard",
      measured:
        "The server's process ends, stops serving a neighbour, or waits for the rest of the giant packet.",
    },
    fr: {
      title: "Paquets malformés",
      what: "Des paquets qu’aucun client honnête n’envoie : un paquet qui annonce 200 Mio, puis des trames et contenus MQTT altérés au hasard (un million dans npm run lab, trois mille dans npm test et sur cette page), pour arrêter le serveur ou remplir sa mémoire.",
      steps: [
        "Annoncer un paquet de 200 Mio",
        "Trames altérées",
        "Contenus altérés",
        "Sert-il encore les autres ?",
      ],
      control: "Garde de l’analyseur",
      measured:
        "Le processus du serveur s’arrête, ne sert plus un voisin, ou attend la suite du paquet géant.",
    },
  },
  async run(site, report) {
    const count = site.isQuick ? MUTATIONS.quick : MUTATIONS.full;
    const [device, witness] = [await site.addDevice("thermometer"), await site.addDevice("thermometer")];
    report.step(0);
    const giant = await sendGiant(site, device);
    report.attacker(`PUBLISH of ${GIANT.announcedBytes} bytes announced, ${giant.sentBytes} sent`);
    report.site(giant.isOpen ? "waits for the rest" : "ends the connection");
    let done = 0;
    const tick: Tick = (more) => {
      done += more;
      report.progress(done / count);
    };
    const frames = Math.round(count * FRAME_RATIO);
    await mutateAll(site, device, { frames, contents: count - frames }, report, tick);
    report.step(3);
    const serving = await isServing(site, witness);
    report.site(site.isAlive() ? `serves its neighbour: ${serving}` : "the process has ended");
    return {
      succeeded: giant.isOpen || !serving,
      evidence: {
        mutations: done,
        giantTakenBytes: giant.isOpen ? giant.sentBytes : 0,
        alive: site.isAlive(),
        serving,
      },
    };
  },
};

async function mutateAll(
  site: Site,
  device: NewDevice,
  { frames, contents }: { readonly frames: number; readonly contents: number },
  report: Report,
  tick: Tick,
): Promise<void> {
  report.step(1);
  report.attacker(`${frames} altered frames, ${CONNECTIONS_AT_ONCE} connections at once`);
  await mutateFrames(site, device, frames, tick);
  if (!site.isAlive()) return;
  report.step(2);
  report.attacker(`${contents} altered contents`);
  await mutateContents(site, device, contents, tick);
}
