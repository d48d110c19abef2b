import type { alerts } from "@gatehouse/contract";
import { type Attack, given } from "../attack.ts";
import { eventually, outcome } from "../site/device.ts";
import { fetchNotBusy } from "../site/site.ts";

/** Fewer than the route takes of one address in a minute. */
const VISITS = 40;
/** While the first is told of, another cool-down may begin: never more of them. */
const ALLOWED = 2;

interface Taken {
  readonly isNew: boolean;
}

export const alarmFlood: Attack = {
  name: "alarm-flood",
  control: "alarmPace",
  texts: {
    en: {
      title: "Cry wolf",
      what: "Somebody has the key of one camera and hands over one made-up visit after the other, so that the guards are told without end and look at nothing any more when somebody really comes.",
      steps: ["A rule tells of people", "Hand over 40 visits", "Count the alerts"],
      control: "Cool-down of alarms",
      measured: "More alerts are raised than one for each cool-down.",
    },
    fr: {
      title: "Crier au loup",
      what: "Quelqu’un a la clé d’une caméra et remet une visite inventée après l’autre, pour que les gardiens soient avertis sans fin et ne regardent plus rien quand quelqu’un vient vraiment.",
      steps: ["Une règle avertit des personnes", "Remettre 40 visites", "Compter les alertes"],
      control: "Délai entre alarmes",
      measured: "Il y a plus d’alertes qu’une par délai.",
    },
  },
  async run(site, report) {
    const camera = await site.addDevice("camera");
    report.step(0);
    const rule: alerts.RuleBody = {
      name: "Person seen",
      enabled: true,
      severity: "warning",
      scope: { deviceIds: [camera.id] },
      condition: { kind: "event", events: ["person"] },
      holdMs: 0,
      channelIds: [],
      repeatMs: 0,
    };
    const { updatedMs } = await site.call<alerts.Rule>("POST", "/api/v1/rules", rule);
    report.step(1);
    let taken = 0;
    for (let n = 0; n < VISITS; n++) {
      const reply = await fetchNotBusy(`${site.url}/api/v1/events`, {
        method: "POST",
        headers: { authorization: `Bearer ${camera.apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ clip: `https://evil.example/${n}.mp4`, timestamp: updatedMs + n, counts: 1 }),
      });
      if (reply.ok && ((await reply.json()) as Taken).isNew) taken++;
      report.progress((n + 1) / VISITS);
    }
    report.attacker(`handed over ${VISITS} visits; ${taken} are kept as events`);
    report.step(2);
    const count = async (): Promise<number> => {
      const path = `/api/v1/alerts?device=${camera.id}&limit=200`;
      return (await site.call<{ items: alerts.Alert[] }>("GET", path)).items.length;
    };
    given((await eventually(count, (alerts) => alerts >= 1)) >= 1, "somebody is told of the first");
    given(taken > ALLOWED * 10, "what the camera hands over is kept");
    const raised = await outcome(site.controls.alarmPace, count, (alerts) => alerts > ALLOWED);
    report.site(`${raised} alerts`);
    return { succeeded: raised > ALLOWED, evidence: { sent: VISITS, taken, alerts: raised } };
  },
};
