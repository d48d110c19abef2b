import { type Attack, given } from "../attack.ts";
import { connect, loginOf, settle } from "../site/device.ts";
import { forgedKey } from "../site/forged-key.ts";

const TRUE_VALUE = 20.5;
const FALSE_VALUE = 26.5;

export const poison: Attack = {
  name: "poison",
  control: "deviceSecret",
  texts: {
    en: {
      title: "Poison by another client",
      what: "Somebody who knows a thermometer's name and the id of its key, but not the key, logs in as it and reports false temperatures.",
      steps: ["The device reports the truth", "Log in as the device with a made-up secret", "Report a lie"],
      control: "Device key check",
      measured: "The false temperature is in the device's history.",
    },
    fr: {
      title: "Empoisonner depuis un autre client",
      what: "Quelqu’un qui connaît le nom d’un thermomètre et l’identifiant de sa clé, mais pas la clé, se connecte à sa place et annonce de fausses températures.",
      steps: [
        "L’appareil dit vrai",
        "Se connecter à sa place avec un secret inventé",
        "Annoncer une fausse valeur",
      ],
      control: "Contrôle de la clé de l’appareil",
      measured: "La fausse température est dans l’historique de l’appareil.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const topic = `gh/${device.name}/up/telemetry`;
    report.step(0);
    const own = await connect(site.mqttPort, loginOf(device));
    await own.publishAsync(topic, JSON.stringify({ temperature: TRUE_VALUE }), { qos: 1 });
    report.site(`${device.name} reports ${TRUE_VALUE} °C`);
    report.step(1);
    const password = forgedKey(device.keyId);
    report.attacker(`CONNECT ${device.name}, key ${password.slice(0, 14)}…`);
    let answer = "CONNACK 0";
    try {
      const liar = await connect(site.mqttPort, { username: device.name, password });
      report.step(2);
      report.attacker(`PUBLISH ${topic} ${FALSE_VALUE} °C`);
      await liar.publishAsync(topic, JSON.stringify({ temperature: FALSE_VALUE }), { qos: 1 });
      await liar.endAsync();
    } catch (error) {
      answer = (error as Error).message;
    }
    report.site(answer);
    await own.endAsync();
    await settle();
    const stored = (await site.stored(device.id, "temperature")).map(({ value }) => value);
    given(stored.includes(TRUE_VALUE), "the device's own reading is kept");
    return {
      succeeded: stored.includes(FALSE_VALUE),
      evidence: { answer, stored: stored.join(" ") },
    };
  },
};
