import { systemClock, systemRandom } from "@gatehouse/base";
import { mintMqttToken } from "@gatehouse/secure-channel";
import type { Attack } from "../attack.ts";
import { connect, settle } from "../site/device.ts";

const FALSE_VALUE = 26.5;
const OVER_FOR_S = 3_600;

export const expiredToken: Attack = {
  name: "expired-token",
  control: "tokenExpiry",
  texts: {
    en: {
      title: "Use a stolen token",
      what: "Somebody has found, in an old capture, a token that a device made for itself, with the client id it is bound to. It ended an hour ago.",
      steps: [
        "Take token and client id from the capture",
        "Log in with another client id",
        "Log in with the token's own client id",
      ],
      control: "End of tokens",
      measured: "A temperature that the attacker made up is in the device's history.",
    },
    fr: {
      title: "Utiliser un jeton volé",
      what: "Quelqu’un a trouvé, dans une ancienne capture, un jeton qu’un appareil s’était fait, avec l’identifiant de client auquel il est lié. Il a expiré il y a une heure.",
      steps: [
        "Prendre le jeton et l’identifiant de client",
        "Se connecter avec un autre identifiant",
        "Se connecter avec l’identifiant du jeton",
      ],
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
    const tries: string[] = [];
    for (const [step, clientId] of [
      [1, "attacker"],
      [2, name],
    ] as const) {
      report.step(step);
      report.attacker(`CONNECT ${name} as client ${clientId}`);
      const answer = await publish(site.mqttPort, { username: name, password: token, clientId });
      report.site(answer);
      tries.push(answer);
    }
    await settle();
    const stored = (await site.stored(device.id, "temperature")).map(({ value }) => value);
    return {
      succeeded: stored.includes(FALSE_VALUE),
      evidence: { otherClient: tries[0] ?? "", ownClient: tries[1] ?? "" },
    };
  },
};

async function publish(
  port: number,
  login: { readonly username: string; readonly password: string; readonly clientId: string },
): Promise<string> {
  try {
    const client = await connect(port, login);
    const message = JSON.stringify({ temperature: FALSE_VALUE });
    await client.publishAsync(`gh/${login.username}/up/telemetry`, message, { qos: 1 });
    await client.endAsync();
    return "CONNACK 0";
  } catch (error) {
    return (error as Error).message;
  }
}
