import { type Attack, given } from "../attack.ts";
import { newestOf, PlainCamera, pictureOf } from "../site/camera.ts";
import { eventually, outcome } from "../site/device.ts";
import { forgedKey } from "../site/forged-key.ts";
import { logInAs } from "../site/visitor.ts";

const TRUE = "the gate is open";
const FORGED = "the gate is shut";

const basic = (name: string, key: string): string =>
  `Basic ${Buffer.from(`${name}:${key}`).toString("base64")}`;

export const forgedCamera: Attack = {
  name: "forged-camera",
  control: "deviceSecret",
  texts: {
    en: {
      title: "Pretend to be a camera",
      what: "Somebody in the site's network wants the gate to look shut. They know the camera's name and the id of its key, which is no secret, and have a thermometer and a camera of their own with good keys.",
      steps: [
        "The camera shows the gate",
        "Connect without a key, and with keys of other devices",
        "Connect with the camera's key id and a made-up secret",
      ],
      control: "Device key check",
      measured: "The newest picture of the gate's camera is the forged one.",
    },
    fr: {
      title: "Se faire passer pour une caméra",
      what: "Quelqu’un dans le réseau du site veut que le portail paraisse fermé. Il connaît le nom de la caméra et l’identifiant de sa clé, qui n’est pas secret, et possède un thermomètre et une caméra à lui, avec de bonnes clés.",
      steps: [
        "La caméra montre le portail",
        "Se connecter sans clé, et avec les clés d’autres appareils",
        "Se connecter avec l’identifiant de la clé et un secret inventé",
      ],
      control: "Contrôle de la clé d’appareil",
      measured: "L’image la plus récente de la caméra du portail est la fausse.",
    },
  },
  async run(site, report) {
    const gate = await site.addDevice("esp32-cam");
    const [sensor, other] = [await site.addDevice("thermometer"), await site.addDevice("camera")];
    const owner = await logInAs(site, await site.addPerson("owner"));
    report.step(0);
    const camera = await PlainCamera.of(site, gate);
    camera.send(pictureOf(TRUE));
    const seen = await eventually(
      () => newestOf(owner, gate),
      (shown) => shown === TRUE,
    );
    given(seen === TRUE, "the gate's camera is seen");
    report.site(`the newest picture of ${gate.name}: ${seen}`);
    report.step(1);
    /** Sends the forged picture where it is let in; what it is told where not. */
    const attempt = async (headers: Readonly<Record<string, string>>): Promise<string> => {
      const forger = await PlainCamera.open(site.url, headers);
      if (typeof forger === "string") return forger;
      forger.send(pictureOf(FORGED));
      await outcome(
        site.controls.deviceSecret,
        () => newestOf(owner, gate),
        (shown) => shown === FORGED,
      );
      forger.close();
      return "let in";
    };
    const keyless = await attempt({});
    const sensors = await attempt({ "x-api-key": sensor.apiKey });
    const otherName = await attempt({ authorization: basic(gate.name, other.apiKey) });
    report.attacker(`without a key: ${keyless}`);
    report.attacker(`with the key of ${sensor.name}: ${sensors}`);
    report.attacker(`as ${gate.name} with the key of ${other.name}: ${otherName}`);
    report.step(2);
    const madeUp = await attempt({ "x-api-key": forgedKey(gate.keyId) });
    report.attacker(`with key id ${gate.keyId} and a made-up secret: ${madeUp}`);
    const shown = await newestOf(owner, gate);
    report.site(`the newest picture of ${gate.name}: ${shown}`);
    camera.close();
    const others = [keyless, sensors, otherName];
    given(!others.includes("let in"), "no device is let in as another, whatever is checked of a key");
    return { succeeded: shown === FORGED, evidence: { keyless, sensors, otherName, madeUp, shown } };
  },
};
