import { randomBytes } from "node:crypto";
import { systemClock } from "@gatehouse/base";
import { type Attack, given } from "../attack.ts";
import { eventually } from "../site/device.ts";
import { fetchNotBusy } from "../site/site.ts";
import { logInAs } from "../site/visitor.ts";

const DAY_S = 86_400;
const SIGNATURE_BYTES = 16;

/** The short link of a message: event, end in seconds, and a signature. */
function linkTo(eventId: string, expiresS: number, signature: Uint8Array): string {
  const end = Buffer.alloc(4);
  end.writeUInt32BE(expiresS);
  return Buffer.concat([Buffer.from(eventId.replaceAll("-", ""), "hex"), end, signature]).toString(
    "base64url",
  );
}

export const forgedLink: Attack = {
  name: "forged-link",
  control: "linkSignature",
  texts: {
    en: {
      title: "Make up the link of a message",
      what: "Messages about events carry a short link that holds for a week. Somebody with an account reads old messages in a group that everybody is in, puts off the end of a link, and makes up one for an event that no message was about.",
      steps: ["Something happens before a camera", "Log in", "Ask with links that the site never made"],
      control: "Signature of short links",
      measured: "A link that the site did not make leads to an event.",
    },
    fr: {
      title: "Inventer le lien d’un message",
      what: "Les messages sur les évènements portent un lien court qui vaut une semaine. Quelqu’un qui a un compte lit d’anciens messages dans un groupe où tout le monde est, repousse la fin d’un lien, et en invente un pour un évènement dont aucun message ne parlait.",
      steps: [
        "Quelque chose se passe devant une caméra",
        "Se connecter",
        "Demander avec des liens que le site n’a jamais faits",
      ],
      control: "Signature des liens courts",
      measured: "Un lien que le site n’a pas fait mène à un évènement.",
    },
  },
  async run(site, report) {
    const camera = await site.addDevice("camera");
    report.step(0);
    const nowMs = systemClock.nowMs();
    const reply = await fetchNotBusy(`${site.url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${camera.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ clip: "https://camera.example/1.mp4", timestamp: nowMs, counts: 1 }),
    });
    const { eventId } = (await reply.json()) as { eventId: string };
    report.site(`an event before ${camera.name}: ${eventId}`);
    report.step(1);
    const member = await logInAs(site, await site.addPerson("owner"));
    const seen = await eventually(
      () => member.ask("GET", `/api/v1/camera-events/${eventId}`),
      ({ status }) => status === 200,
    );
    given(seen.status === 200, "the event is there for whoever may see it");
    report.step(2);
    const expiresS = Math.floor(nowMs / 1_000) + 7 * DAY_S;
    const signatures = { none: new Uint8Array(SIGNATURE_BYTES), guessed: randomBytes(SIGNATURE_BYTES) };
    const answers: Record<string, string> = {};
    let led = 0;
    for (const [name, signature] of Object.entries(signatures)) {
      const path = `/api/v1/event-links/${linkTo(eventId, expiresS, signature)}`;
      const { body, said } = await member.ask("GET", path);
      answers[name] = said;
      if (body.eventId === eventId) led++;
      report.attacker(`signature ${name}: ${said}`);
    }
    const over = linkTo(eventId, expiresS - 30 * DAY_S, new Uint8Array(SIGNATURE_BYTES));
    const { said } = await member.ask("GET", `/api/v1/event-links/${over}`);
    given(said.includes("link.invalid"), "a link that is over leads nowhere, whoever made it");
    return { succeeded: led > 0, evidence: { ...answers, over: said } };
  },
};
