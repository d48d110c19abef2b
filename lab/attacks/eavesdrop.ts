import { silentLogger, systemClock, systemRandom } from "@gatehouse/base";
import { DeviceChannel, type Identity, mqttCarrier } from "@gatehouse/device-client";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";
import { type Attack, given } from "../attack.ts";
import { connect, enrolDevice, loginOf, settle } from "../site/device.ts";
import { memoryStore } from "../site/memory-store.ts";
import { tapWire } from "../site/tap.ts";

const TYPE = "thermometer";
const PLAIN = 23.625;
const SEALED = 24.125;

async function sendThroughChannel(identity: Identity, port: number): Promise<string> {
  const connected = Promise.withResolvers<void>();
  const carrier = ({ name, apiKey = "", topics }: Identity) =>
    mqttCarrier({
      url: `mqtt://127.0.0.1:${port}`,
      clientId: name,
      username: name,
      password: apiKey,
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
      measured: "Readings that the site keeps and that stand legibly in what was heard.",
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
      measured: "Mesures que le site conserve et qui se lisent dans ce qui a été entendu.",
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
      const client = await connect(tap.port, loginOf(device));
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
      report.site(`keeps ${stored.join(", ")} °C`);
      report.attacker(`heard ${heard.length} bytes, reads ${legible.join(", ") || "nothing the site keeps"}`);
      given(stored.includes(SEALED), "what was sent in the channel is kept");
      return {
        succeeded: legible.length > 0,
        evidence: { heardBytes: heard.length, stored: stored.length, legible: legible.length },
      };
    } finally {
      await tap.close();
      await site.call("PUT", "/api/v1/channel/policy", { suites: [2, 1], requiredTypes: [] });
    }
  },
};
