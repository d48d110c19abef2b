import { systemClock, systemRandom } from "@gatehouse/base";
import { mintMqttToken } from "@gatehouse/secure-channel";
import { type Attack, given } from "../attack.ts";
import { sayTemperature, settle } from "../site/device.ts";

const TRUE_VALUE = 20.5;
const FALSE_VALUE = 26.5;
const VALID_FOR_S = 3_600;

export const stolenToken: Attack = {
  name: "stolen-token",
  control: "tokenBinding",
  texts: {
    en: {
      title: "Use a token that is still good",
      what: "Somebody has read, in a program's log, a token that a thermometer made for itself an instant ago. It is good for an hour. The MQTT client id for which it was made does not stand beside it.",
      steps: [
        "The device logs in with its token",
        "Log in with the same token from another client",
        "Report a lie",
      ],
      control: "Binding of tokens",
      measured: "A temperature that the attacker made up is in the device's history.",
    },
    fr: {
      title: "Utiliser un jeton encore valable",
      what: "Quelqu’un a lu, dans le journal d’un programme, un jeton qu’un thermomètre vient de se faire. Il vaut une heure. L’identifiant de client MQTT pour lequel il a été fait n’y figure pas.",
      steps: [
        "L’appareil se connecte avec son jeton",
        "Se connecter avec le même jeton depuis un autre client",
        "Annoncer une fausse valeur",
      ],
      control: "Liaison des jetons",
      measured: "Une température inventée par l’attaquant est dans l’historique de l’appareil.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const { apiKey, keyId, name } = device;
    report.step(0);
    const expiresAtS = Math.floor(systemClock.nowMs() / 1_000) + VALID_FOR_S;
    const token = mintMqttToken({ apiKey, keyId, clientId: name, expiresAtS }, systemRandom);
    const own = { username: name, password: token, clientId: name };
    report.site(`client ${name}: ${await sayTemperature(site.mqttPort, own, TRUE_VALUE)}`);
    report.step(1);
    report.attacker(`CONNECT ${name} with ${token.slice(0, 30)}… as client attacker`);
    const login = { username: name, password: token, clientId: "attacker" };
    report.step(2);
    const answer = await sayTemperature(site.mqttPort, login, FALSE_VALUE);
    report.site(answer);
    await settle();
    const stored = (await site.stored(device.id, "temperature")).map(({ value }) => value);
    given(stored.includes(TRUE_VALUE), "the token is good for the client it was made for");
    return { succeeded: stored.includes(FALSE_VALUE), evidence: { answer, stored: stored.length } };
  },
};
