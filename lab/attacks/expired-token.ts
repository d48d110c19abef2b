import { systemClock, systemRandom } from "@gatehouse/base";
import { mintMqttToken } from "@gatehouse/secure-channel";
import type { Attack } from "../attack.ts";
import { sayTemperature, settle } from "../site/device.ts";

const FALSE_VALUE = 26.5;
const OVER_FOR_S = 3_600;

export const expiredToken: Attack = {
  name: "expired-token",
  control: "tokenExpiry",
  texts: {
    en: {
      title: "Use an old token",
      what: "Somebody has found, in an old capture, a token that a device made for itself, with the client id it is bound to. It ended an hour ago.",
      steps: ["Take token and client id from the capture", "Log in with both"],
      control: "End of tokens",
      measured: "A temperature that the attacker made up is in the device's history.",
    },
    fr: {
      title: "Utiliser un ancien jeton",
      what: "Quelqu’un a trouvé, dans une ancienne capture, un jeton qu’un appareil s’était fait, avec l’identifiant de client auquel il est lié. Il a expiré il y a une heure.",
      steps: ["Prendre le jeton et l’identifiant de client", "Se connecter avec les deux"],
      control: "Fin des jetons",
      measured: "Une température inventée par l’attaquant est dans l’historique de l’appareil.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const { apiKey, keyId, name } = device;
    report.step(0);
    const expiresAtS = Math.floor(systemClock.nowMs() / 1_000) - OVER_FOR_S;
    const token = mintMqttToken({ apiKey, keyId, clientId: name, expiresAtS }, systemRandom);
    report.attacker(`has ${token.slice(0, 30)}… of client ${name}`);
    report.step(1);
    report.attacker(`CONNECT ${name} as client ${name}`);
    const login = { username: name, password: token, clientId: name };
    const answer = await sayTemperature(site.mqttPort, login, FALSE_VALUE);
    report.site(answer);
    await settle();
    const stored = (await site.stored(device.id, "temperature")).map(({ value }) => value);
    return { succeeded: stored.includes(FALSE_VALUE), evidence: { answer, stored: stored.length } };
  },
};
