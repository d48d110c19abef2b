import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { DeviceChannel, type Identity, mqttCarrier, mqttPassword } from "@gatehouse/device-client";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";
import { type Attack, given } from "../attack.ts";
import { connect, enrolDevice, settle } from "../site/device.ts";
import { memoryStore } from "../site/memory-store.ts";
import { tapWire } from "../site/tap.ts";

const TYPE = "thermometer";
const PLAIN = 23.625;
const SEALED = 24.125;

/** As the device's own program shows it: never the key itself on a wire in clear. */
const passwordOf = (clientId: string, apiKey: string, port: number): string => {
  const url = `mqtt://127.0.0.1:${port}`;
  return mqttPassword({ url, clientId, apiKey, clock: systemClock, random: systemRandom });
};

async function sendThroughChannel(identity: Identity, port: number): Promise<string> {
  const connected = Promise.withResolvers<void>();
  const carrier = ({ name, apiKey = "", topics }: Identity) =>
    mqttCarrier({
      url: `mqtt://127.0.0.1:${port}`,
      clientId: name,
      username: name,
      password: () => passwordOf(name, apiKey, port),
      topics,
      trust: { unverified: true },
    });
  const channel = await DeviceChannel.open({
    identity,
    store: memoryStore(),
    carrier,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    events: { connected: () => connected.resolve() },
  });
  channel.start();
  try {
    await connected.promise;
    const payload = Buffer.from(JSON.stringify({ temperature: SEALED }));
    const sentMs = systemClock.nowMs();
    return (await channel.send({ contentType: CONTENT_TYPES.json, payload, sentMs })).result;
  } finally {
    await channel.stop();
  }
}

export const eavesdrop: Attack = {
  name: "eavesdrop",
  control: "encryptionPolicy",
  texts: {
    en: {
      title: "Eavesdrop on the wire",
      what: "Somebody sits on the wire between a thermometer and the broker and reads along. The site demands the secure channel for thermometers.",
      steps: [
        "Tap the wire",
        "The device sends as it always did, in plain text",
        "The device sends in the channel",
        "Search what was heard",
      ],
      control: "Encryption required",
      measured:
        "A reading that the site keeps, or an API key of the device, stands legibly in what was heard.",
    },
    fr: {
      title: "Écouter la ligne",
      what: "Quelqu’un se place sur la ligne entre un thermomètre et le courtier et lit tout. Le site exige le canal sécurisé pour les thermomètres.",
      steps: [
        "Se brancher sur la ligne",
        "L’appareil envoie comme avant, en clair",
        "L’appareil envoie dans le canal",
        "Chercher dans ce qui a été entendu",
      ],
      control: "Chiffrement exigé",
      measured:
        "Une mesure que le site conserve, ou une clé d’API de l’appareil, se lit dans ce qui a été entendu.",
    },
  },
  async run(site, report) {
    const { device, identity } = await enrolDevice(site, TYPE);
    await site.call("PUT", "/api/v1/channel/policy", { suites: [2, 1], requiredTypes: [TYPE] });
    report.step(0);
    const tap = await tapWire(site.mqttPort);
    report.attacker(`listens between ${device.name} and port ${site.mqttPort}`);
    try {
      report.step(1);
      const { name, apiKey } = device;
      const password = passwordOf(name, apiKey, tap.port);
      const client = await connect(tap.port, { username: name, clientId: name, password });
      await client.publishAsync(`gh/${device.name}/up/telemetry`, JSON.stringify({ temperature: PLAIN }), {
        qos: 1,
      });
      await client.endAsync();
      await settle();
      report.site(`PUBLISH gh/${device.name}/up/telemetry, plain`);
      report.step(2);
      report.site(`DATA in a session: ${await sendThroughChannel(identity, tap.port)}`);
      report.step(3);
      const stored = (await site.stored(device.id, "temperature")).map(({ value }) => value);
      const heard = tap.heard();
      const legible = stored.filter((value) => heard.includes(String(value)));
      given(heard.includes(device.name), "the wire is the one that the device uses");
      const apiKeyHeard = [device.apiKey, identity.apiKey ?? device.apiKey].some((key) =>
        heard.includes(key),
      );
      report.site(`keeps ${stored.join(", ")} °C`);
      report.attacker(`heard ${heard.length} bytes, reads ${legible.join(", ") || "nothing the site keeps"}`);
      report.attacker(apiKeyHeard ? "has the API key" : "has no API key, only tokens that end");
      given(stored.includes(SEALED), "what was sent in the channel is kept");
      return {
        succeeded: legible.length > 0 || apiKeyHeard,
        evidence: { heardBytes: heard.length, stored: stored.length, legible: legible.length, apiKeyHeard },
      };
    } finally {
      await tap.close();
      await site.call("PUT", "/api/v1/channel/policy", { suites: [2, 1], requiredTypes: [] });
    }
  },
};
