import { systemClock } from "@gatehouse/base";
import { type Attack, given } from "../attack.ts";
import { play, recordClip } from "../site/clips.ts";
import type { Site } from "../site/site.ts";
import { ACCESS_COOKIE, logInAs, Visitor } from "../site/visitor.ts";

const SHOWS = "the counting of the money";
const HOUR_MS = 3_600_000;

/** A guard of one site, and of no other. */
async function guardAt(site: Site, siteId: string): Promise<Visitor> {
  const guard = await site.addPerson("guard");
  const path = `/api/v1/people/${guard.id}`;
  await site.call("PUT", `${path}/role`, { role: "guard", everywhere: false });
  await site.call("POST", `${path}/grants`, { role: "guard", scope: { kind: "site", siteId } });
  return logInAs(site, guard);
}

/** Headers of a program whose token names devices and nothing else. */
async function programOf(site: Site): Promise<Readonly<Record<string, string>>> {
  const person = await site.addPerson("owner");
  const owner = await logInAs(site, person);
  await owner.ask("POST", "/api/v1/auth/step-up", { factor: "password", password: person.password });
  const { body, said } = await owner.ask("POST", "/api/v1/tokens", {
    name: "reads devices",
    permissions: ["device.read"],
    expiresMs: systemClock.nowMs() + HOUR_MS,
  });
  given(typeof body.secret === "string", `an owner makes a token: ${said}`);
  return { authorization: `Bearer ${body.secret}` };
}

export const playback: Attack = {
  name: "playback",
  control: "grantPlace",
  texts: {
    en: {
      title: "Watch a recording without permission",
      what: "A guard of the garage wants to see what the office's camera recorded, and has its address from a screenshot. Others try too: without a session, with one that ended, from another organisation, with a token for other things, with ids and ranges made up.",
      steps: ["The office is recorded", "Ask with no right to any recording", "The garage's guard asks"],
      control: "Rights where they were given",
      measured: "Somebody without a right to the office's camera gets a picture of its recording.",
    },
    fr: {
      title: "Voir un enregistrement sans permission",
      what: "Un gardien du garage veut voir ce que la caméra du bureau a enregistré ; une capture d’écran lui en a donné l’adresse. D’autres essaient aussi : sans session, avec une session terminée, depuis une autre organisation, avec un jeton fait pour autre chose, avec des identifiants et des plages inventés.",
      steps: [
        "Le bureau est enregistré",
        "Demander sans droit sur aucun enregistrement",
        "Le gardien du garage demande",
      ],
      control: "Des droits là où ils ont été donnés",
      measured: "Quelqu’un sans droit sur la caméra du bureau obtient une image de son enregistrement.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("camera");
    report.step(0);
    const clip = await recordClip(site, device, { shows: SHOWS });
    const person = await site.addPerson("owner");
    const owner = await logInAs(site, person);
    const seen = await play(owner, clip);
    given(Array.isArray(seen) && seen[0]?.startsWith(SHOWS) === true, "whoever may see it does");
    report.site(`${device.name}: ${seen.length} picture of ${SHOWS}`);
    const answers: Record<string, string> = {};
    const attempt = async (who: string, asks: Promise<readonly string[] | string>): Promise<void> => {
      const got = await asks;
      answers[who] = Array.isArray(got) ? "watched" : String(got);
      report.attacker(`${who}: ${answers[who]}`);
    };
    report.step(1);
    const nobody = new Visitor(site);
    await attempt("nobody", play(nobody, clip));
    await attempt("nobody, a byte", play(nobody, clip, { range: "bytes=0-0" }));
    await attempt("nobody, a longer way", play(nobody, { id: `x/../${clip.id}` }));
    const kept = new Visitor(site, [[ACCESS_COOKIE, owner.cookie(ACCESS_COOKIE)]]);
    await owner.ask("POST", "/api/v1/auth/logout");
    await attempt("after the log-out", play(kept, clip));
    const neighbour = await logInAs(site, await site.addPerson("owner", await site.addOrganisation()));
    await attempt("another organisation", play(neighbour, clip));
    await attempt("another organisation, the end", play(neighbour, clip, { range: "bytes=-1" }));
    await attempt("another organisation, guessing", play(neighbour, { id: next(clip.id) }));
    await attempt("a token for devices", play(nobody, clip, await programOf(site)));
    report.step(2);
    const guard = await guardAt(site, await site.addSite("Garage"));
    await attempt("the garage's guard", play(guard, clip));
    const watched = Object.values(answers).filter((answer) => answer === "watched").length;
    const { "the garage's guard": guards, ...others } = answers;
    given(!Object.values(others).includes("watched"), "who has no right to any recording sees none");
    report.site(`${watched} of ${Object.keys(answers).length} saw it`);
    return { succeeded: guards === "watched", evidence: { ...answers } };
  },
};

/** The id after this one, as somebody counts who believes that ids are counted. */
const next = (id: string): string =>
  id.slice(0, -1) + ((Number.parseInt(id.slice(-1), 16) + 1) % 16).toString(16);
