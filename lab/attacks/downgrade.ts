import { isAppError } from "@gatehouse/base";
import { SUITE_IDS } from "@gatehouse/secure-channel";
import { type Attack, given } from "../attack.ts";
import { standBetween } from "../site/between.ts";
import { enrolAt, enrolDevice, post, sealValues } from "../site/device.ts";

export const downgrade: Attack = {
  name: "downgrade",
  control: "suitePin",
  texts: {
    en: {
      title: "Push a device to a weaker suite",
      what: "A device that has used suite M1 enrols anew. Somebody between it and the server pretends that only the older suite C1 is spoken there, and the device's program gives in.",
      steps: [
        "The device uses M1",
        "Answer its question in the server's name: only C1",
        "The device enrols with C1",
      ],
      control: "Suite pin",
      measured: "The server takes a message of the device under C1.",
    },
    fr: {
      title: "Pousser un appareil vers une suite plus faible",
      what: "Un appareil qui a utilisé la suite M1 s’enrôle à nouveau. Quelqu’un entre lui et le serveur prétend que seule l’ancienne suite C1 y est parlée, et le programme de l’appareil cède.",
      steps: [
        "L’appareil utilise M1",
        "Répondre au nom du serveur : C1 seulement",
        "L’appareil s’enrôle avec C1",
      ],
      control: "Suite épinglée",
      measured: "Le serveur accepte un message de l’appareil sous C1.",
    },
  },
  async run(site, report) {
    const { device, identity } = await enrolDevice(site, "thermometer", SUITE_IDS.M1);
    report.step(0);
    const before = await post(site, sealValues(identity, { temperature: 20.5 }, { sequence: 1, sentMs: 0 }));
    report.site(`SEALED under M1: ${before}`);
    given(before === "stored", "a message under M1 is kept");
    const claim = `/api/v1/devices/${device.id}/claim-code`;
    const { code } = await site.call<{ code: string }>("POST", claim, {});
    const middle = await standBetween(site.url, async ({ path, body, forward }) => {
      if (!path.endsWith("/challenge") || body.suite !== SUITE_IDS.M1) return forward();
      report.step(1);
      report.attacker("answers for the server: channel.suite_refused, only C1");
      return { status: 403, body: { code: "channel.suite_refused", suites: [SUITE_IDS.C1] } };
    });
    try {
      const first = await enrolAt(middle.url, code, SUITE_IDS.M1).catch(codeOf);
      report.site(`the device asks for M1: ${typeof first === "string" ? first : "enrolled"}`);
      report.step(2);
      const second = await enrolAt(middle.url, code, SUITE_IDS.C1).catch(codeOf);
      if (typeof second === "string") {
        report.site(`the server, asked for C1: ${second}`);
        return { succeeded: false, evidence: { answer: second } };
      }
      const weak = sealValues(second, { temperature: 21.5 }, { sequence: 1, sentMs: 0 });
      const answer = await post(site, weak);
      report.site(`SEALED under C1: ${answer}`);
      return { succeeded: answer === "stored", evidence: { answer } };
    } finally {
      await middle.close();
    }
  },
};

const codeOf = (error: unknown): string => (isAppError(error) ? error.code : String(error));
