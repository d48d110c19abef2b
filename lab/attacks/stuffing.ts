import { type Attack, given } from "../attack.ts";
import { labelOf, Visitor } from "../site/visitor.ts";

const FORGED_LABEL = "by a stranger";
/** Passwords of one person that other services lost; people vary theirs. */
const LEAKED = 24;
/** The last one that was lost is still in use. */
const RIGHT = LEAKED - 1;
/** Who is told to wait longer sees that the list would take hours, and goes on to the next address. */
const PATIENCE_S = 1;

const leaked = (i: number): string => `harbour-${1990 + i}-otter`;

export const stuffing: Attack = {
  name: "stuffing",
  control: "loginThrottle",
  texts: {
    en: {
      title: "Try passwords that others lost",
      what: "Somebody has bought a list of addresses with passwords that other services lost. For an operator it holds two dozen; the last one the operator still uses, here too. There is no second factor.",
      steps: ["The operator's address is on the list", "Try one password after the other", "Rename a device"],
      control: "Growing delay",
      measured: "A device has the name that the stranger gave it.",
    },
    fr: {
      title: "Essayer les mots de passe perdus ailleurs",
      what: "Quelqu’un a acheté une liste d’adresses avec des mots de passe perdus par d’autres services. Pour un opérateur elle en contient deux douzaines ; le dernier lui sert encore, ici aussi. Il n’y a pas de second facteur.",
      steps: [
        "L’adresse de l’opérateur est sur la liste",
        "Essayer un mot de passe après l’autre",
        "Renommer un appareil",
      ],
      control: "Délai croissant",
      measured: "Un appareil porte le nom que l’inconnu lui a donné.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const { email, password } = await site.addPerson("operator");
    const list = Array.from({ length: LEAKED }, (_, i) => (i === RIGHT ? password : leaked(i)));
    report.step(0);
    report.attacker(`has ${list.length} passwords of ${email}`);
    report.step(1);
    const stranger = new Visitor(site);
    let tried = 0;
    let waitS = 0;
    while (tried < list.length && waitS <= PATIENCE_S) {
      const reply = await stranger.fetch("POST", "/api/v1/auth/login", { email, password: list[tried] });
      await reply.arrayBuffer();
      given([200, 401, 429].includes(reply.status), `log-in answers: ${reply.status}`);
      waitS = reply.status === 429 ? Number(reply.headers.get("retry-after")) : 0;
      report.attacker(`password ${tried + 1}: ${reply.status}${waitS > 0 ? `, wait ${waitS} s` : ""}`);
      if (waitS === 0) tried++;
      else if (waitS <= PATIENCE_S) await new Promise((resolve) => setTimeout(resolve, waitS * 1_000));
    }
    report.step(2);
    const { said: answer } = await stranger.label(device.id, FORGED_LABEL);
    report.attacker(`PATCH ${device.name}: ${answer}`);
    const label = await labelOf(site, device.id);
    report.site(`${device.name} is called "${label}"`);
    const owner = new Visitor(site);
    given(waitS > 0 || (await owner.logIn({ email, password })).status === 200, "the last password is right");
    return { succeeded: label === FORGED_LABEL, evidence: { tried, waitS, answer, label } };
  },
};
