import { once } from "node:events";
import type { Socket } from "node:net";
import { type Random, seededRandom } from "@gatehouse/base";
import { type Attack, given, type Report } from "../attack.ts";
import { connect, loginOf, settle } from "../site/device.ts";
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
const MIB = 2 ** 20;
/** Packets with an altered length at the same time, every other one before log-in, and how much of each is sent. */
const LENGTHS = { quick: 8, full: 24 };
const LENGTH = {
  leastBytes: 16 * MIB,
  mostBytes: 256 * MIB - 1,
  sentBytes: 8 * MIB,
  portionBytes: 256 * 1024,
};
/** What the server may hold for them: less than half of one, with what everybody else needs. */
const MAX_HELD_BYTES = 4 * MIB;
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

/** A header whose length is altered and the beginning of what it announces; the bytes that were taken. */
async function sendFalseLength(socket: Socket, firstByte: number, announcedBytes: number): Promise<number> {
  await write(socket, Buffer.concat([Buffer.from([firstByte]), remainingLength(announcedBytes)]));
  const portion = Buffer.alloc(LENGTH.portionBytes, 0x61);
  let sentBytes = 0;
  while (sentBytes < LENGTH.sentBytes && (await write(socket, portion))) sentBytes += portion.length;
  return sentBytes;
}

interface Lengths {
  readonly sentBytes: number;
  /** What the server holds for them while they wait. */
  readonly heldBytes: number;
  /** Connections that it keeps open for the rest. */
  readonly waiting: number;
}

async function mutateLengths(site: Site, device: NewDevice, count: number): Promise<Lengths> {
  const random = seededRandom(SEED + 2);
  const beforeBytes = await site.heldBytes();
  const sockets = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      i % 2 === 0 ? openSocket(site.mqttPort) : logIn(site.mqttPort, device, `${device.name}-l${i}`),
    ),
  );
  const sent = await Promise.all(
    sockets.map((socket, i) => {
      const { leastBytes, mostBytes } = LENGTH;
      const announcedBytes = Math.floor(leastBytes + random.ratio() * (mostBytes - leastBytes));
      return sendFalseLength(socket.resume(), i % 2 === 0 ? 0x10 : 0x30, announcedBytes);
    }),
  );
  // What was sent and is not read yet stands in the system's buffers.
  await settle();
  const heldBytes = Math.max(0, (await site.heldBytes()) - beforeBytes);
  const waiting = sockets.filter(({ destroyed }) => !destroyed).length;
  for (const socket of sockets) socket.destroy();
  return { sentBytes: sent.reduce((sum, bytes) => sum + bytes, 0), heldBytes, waiting };
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
      what: "Packets that no honest client sends: headers that announce up to 256 MiB, with as much after them as is taken; then MQTT frames and contents altered at random (one million in npm run lab, three thousand in npm test and on this page). They are to fill the server's memory or to end it. Without the guard it is the memory: the parser as it is today survives the altered frames by itself, and they are counted to see that it stays so.",
      steps: [
        "Announce more than is allowed, on many connections",
        "Altered frames",
        "Altered contents",
        "Does it still serve others?",
      ],
      control: "Parser guard",
      measured:
        "The server holds more than 4 MiB for packets that will never be complete, or its process ends, or it stops serving a neighbour.",
    },
    fr: {
      title: "Paquets malformés",
      what: "Des paquets qu’aucun client honnête n’envoie : des en-têtes qui annoncent jusqu’à 256 Mio, suivis de tout ce qui est accepté ; puis des trames et contenus MQTT altérés au hasard (un million dans npm run lab, trois mille dans npm test et sur cette page). Le but est de remplir la mémoire du serveur ou de l’arrêter. Sans la garde, c’est la mémoire : l’analyseur actuel survit seul aux trames altérées, et on les compte pour vérifier que cela reste vrai.",
      steps: [
        "Annoncer plus que permis, sur de nombreuses connexions",
        "Trames altérées",
        "Contenus altérés",
        "Sert-il encore les autres ?",
      ],
      control: "Garde de l’analyseur",
      measured:
        "Le serveur retient plus de 4 Mio pour des paquets qui ne seront jamais complets, son processus s’arrête, ou il ne sert plus un voisin.",
    },
  },
  async run(site, report) {
    const count = site.isQuick ? MUTATIONS.quick : MUTATIONS.full;
    const [device, witness] = [await site.addDevice("thermometer"), await site.addDevice("thermometer")];
    given(await isServing(site, witness), "it serves the neighbour before the attack");
    report.step(0);
    const lengths = site.isQuick ? LENGTHS.quick : LENGTHS.full;
    const { sentBytes, heldBytes, waiting } = await mutateLengths(site, device, lengths);
    report.attacker(`${lengths} headers that announce up to 256 MiB, ${inMib(sentBytes)} sent after them`);
    report.site(`holds ${inMib(heldBytes)}, waits for the rest of ${waiting}`);
    const frames = Math.round(count * FRAME_RATIO);
    const contents = count - frames;
    let done = 0;
    const tick: Tick = (more) => {
      done += more;
      report.progress(done / count);
    };
    await mutateAll(site, device, { frames, contents }, report, tick);
    report.step(3);
    const serving = await isServing(site, witness);
    report.site(site.isAlive() ? `serves its neighbour: ${serving}` : "the process has ended");
    return {
      succeeded: heldBytes > MAX_HELD_BYTES || !serving,
      evidence: {
        lengths,
        sentBytes,
        heldBytes,
        waiting,
        mutations: done,
        alive: site.isAlive(),
        serving,
      },
    };
  },
};

const inMib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

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
