import type { Socket } from "node:net";
import type { cameras } from "@gatehouse/contract";
import { type Attack, given } from "../attack.ts";
import { PlainCamera, pictureOf } from "../site/camera.ts";
import { eventually } from "../site/device.ts";
import type { NewDevice, Site } from "../site/site.ts";

const PER_SECOND = 200;
/** What the site takes of a camera, and at once beyond it. */
const LIMIT = { perSecond: 30, atOnce: 20 };
const FLOOD = { quick: 3 * PER_SECOND, full: 15 * PER_SECOND };
const STEP_MS = 20;
const NEIGHBOUR_EVERY_MS = 200;
/** Larger than any frame may be. */
const OVERSIZED = 1_600_000;
const STALLED = 4408;

const healthOf = async (site: Site, { id }: NewDevice): Promise<cameras.CameraHealth> =>
  (await site.call<cameras.Camera>("GET", `/api/v1/cameras/${id}`)).health;

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

/** How its connection ends; undefined while it goes on. */
function endOf(camera: PlainCamera): () => number | undefined {
  let code: number | undefined;
  camera.socket.once("close", (closed) => {
    code = closed;
  });
  return () => code;
}

/** The beginning of a frame whose rest never comes: FIN, binary, masked with zeros (RFC 6455 §5.2). */
function stall(camera: PlainCamera): void {
  const header = Buffer.from([0x82, 0x80 | 126, 0x9c, 0x40, 0, 0, 0, 0]);
  const { _socket: stream } = camera.socket as unknown as { _socket: Socket };
  stream.write(Buffer.concat([header, Buffer.alloc(2_000)]));
}

export const cameraFlood: Attack = {
  name: "camera-flood",
  control: "frameRate",
  texts: {
    en: {
      title: "Flood the site with pictures",
      what: "A camera that has been taken over sends two hundred pictures a second, one larger than any may be, and one that stops half-way, so that disk and processor are full and the other cameras are not heard.",
      steps: [
        "A neighbour sends its pictures",
        "Send 200 pictures a second",
        "Send one too large, and one that never ends",
        "Count what was taken, and the neighbour's",
      ],
      control: "Frames a second of a camera",
      measured: "More of the flood is taken than the camera's rate allows.",
    },
    fr: {
      title: "Inonder le site d’images",
      what: "Une caméra détournée envoie deux cents images par seconde, une plus grande que permis, et une qui s’arrête à mi-chemin, pour que disque et processeur soient pleins et que les autres caméras ne soient plus entendues.",
      steps: [
        "Une voisine envoie ses images",
        "Envoyer 200 images par seconde",
        "En envoyer une trop grande, et une qui ne finit jamais",
        "Compter ce qui est pris, et les images de la voisine",
      ],
      control: "Images par seconde d’une caméra",
      measured: "La part acceptée de l’inondation dépasse le débit permis à la caméra.",
    },
  },
  async run(site, report) {
    const [taken, neighbour] = [await site.addDevice("esp32-cam"), await site.addDevice("camera")];
    const [oversized, stalling] = [await site.addDevice("camera"), await site.addDevice("camera")];
    const open = (device: NewDevice) => PlainCamera.of(site, device);
    const [flood, other, large, slow] = [
      await open(taken),
      await open(neighbour),
      await open(oversized),
      await open(stalling),
    ];
    report.step(0);
    let honest = 0;
    const timer = setInterval(() => {
      honest++;
      other.send(pictureOf(`the neighbour's ${honest}`));
    }, NEIGHBOUR_EVERY_MS);
    report.site(`${neighbour.name} sends a picture every ${NEIGHBOUR_EVERY_MS} ms`);
    report.step(1);
    const startedMs = performance.now();
    const passedMs = (): number => performance.now() - startedMs;
    const wanted = site.isQuick ? FLOOD.quick : FLOOD.full;
    let sent = 0;
    while (sent < wanted) {
      const due = Math.min(wanted, (passedMs() / 1_000) * PER_SECOND);
      for (; sent < due; sent++) flood.send(pictureOf(`flood ${sent}`));
      report.progress(sent / wanted);
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
    report.attacker(`${taken.name} sent ${sent} pictures in ${Math.round(passedMs())} ms`);
    // Until the last of them was looked at the camera may have given more.
    const { frames, refused } = await eventually(
      () => healthOf(site, taken),
      (health) => health.frames + sum(Object.values(health.refused)) >= sent,
    );
    const allowed = Math.ceil(LIMIT.atOnce + LIMIT.perSecond * (passedMs() / 1_000 + 1));
    report.step(2);
    const [largeEnd, slowEnd] = [endOf(large), endOf(slow)];
    large.send(new Uint8Array(OVERSIZED));
    stall(slow);
    const tooLarge = await eventually(largeEnd, (code) => code !== undefined);
    report.attacker(`a frame of ${OVERSIZED} bytes: the connection ends with ${tooLarge}`);
    // Ten seconds and a little: only where there is time for it.
    const stalled = site.isQuick
      ? undefined
      : ((await eventually(slowEnd, (code) => code !== undefined)) ??
        (await eventually(slowEnd, (code) => code !== undefined)));
    report.attacker(`a frame that never ends: ${stalled === undefined ? "open" : `ended with ${stalled}`}`);
    report.step(3);
    clearInterval(timer);
    const heard = await eventually(
      async () => (await healthOf(site, neighbour)).frames,
      (frames) => frames === honest,
    );
    report.site(`took ${frames} of the flood; the rate allows ${allowed}`);
    report.site(`took ${heard} of the neighbour's ${honest}`);
    for (const camera of [flood, other, large, slow]) camera.close();
    given(frames > 0 && honest > 0, "both are heard before it becomes too much");
    given(heard === honest, "a flood costs the neighbour no picture");
    given(tooLarge === 1009 && (site.isQuick || stalled === STALLED), "what is too large or stalls is cut");
    return {
      succeeded: frames > allowed,
      evidence: {
        sent,
        taken: frames,
        allowed,
        refused: refused["frame.rate"] ?? 0,
        neighbourSent: honest,
        neighbourTaken: heard,
      },
    };
  },
};
