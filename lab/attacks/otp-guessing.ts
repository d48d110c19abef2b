import { type Attack, given } from "../attack.ts";
import { eventually } from "../site/device.ts";
import type { Person, Site } from "../site/site.ts";
import { Visitor } from "../site/visitor.ts";

const FORGED_NAME = "Somebody Else";
const ANSWER = "/api/v1/auth/login/factor";
/** Four of six digits are known: a hundred are possible. */
const POSSIBLE = 100;
/**
 * At which guess the right one comes, so that chance decides nothing: twenty guesses, which is what the site allows a day,
 * never find it, a hundred always do.
 */
const RIGHT_GUESS = 45;
/** More than the site lets anybody begin in vain. */
const MOST_LOGINS = 8;

/** A log-in with the right password, and the code that came by mail. */
async function begin(site: Site, person: Person): Promise<{ visitor: Visitor; code: string }> {
  const visitor = new Visitor(site);
  const before = await site.mailTo(person.email, "code");
  const first = await visitor.logIn(person);
  given(first.body.step === "factor_needed", `a code is asked for after the password: ${first.said}`);
  const { said } = await visitor.ask("POST", "/api/v1/auth/login/code", { factor: "email" });
  given(said.startsWith("200"), `a code is sent: ${said}`);
  const mail = await eventually(
    () => site.mailTo(person.email, "code"),
    (text) => text !== undefined && text !== before,
  );
  const code =
    /\b(\d{3})\s?(\d{3})\b/
      .exec(mail ?? "")
      ?.slice(1)
      .join("") ?? "";
  given(code.length === 6, "the mail holds a code");
  return { visitor, code };
}

/** Every code with these first four digits, the right one at its place. */
function guesses(code: string): string[] {
  const start = Number(code.slice(4)) - RIGHT_GUESS + 1 + POSSIBLE;
  const ends = Array.from({ length: POSSIBLE }, (_, i) => String((start + i) % POSSIBLE).padStart(2, "0"));
  return ends.map((end) => code.slice(0, 4) + end);
}

export const otpGuessing: Attack = {
  name: "otp-guessing",
  control: "codeBudget",
  texts: {
    en: {
      title: "Guess a code",
      what: "Somebody has a customer's password, and has seen the first four digits of the code on the telephone's lock screen. A hundred codes are possible; a program tries them all, over as many log-ins as it takes.",
      steps: [
        "Log in with the password",
        "Try codes until one is right, or nothing more is taken",
        "Change the customer's name",
      ],
      control: "Tries of a code",
      measured: "The account has the name that the attacker gave it.",
    },
    fr: {
      title: "Deviner un code",
      what: "Quelqu’un a le mot de passe d’une cliente, et a vu les quatre premiers chiffres du code sur l’écran verrouillé de son téléphone. Cent codes sont possibles ; un programme les essaie tous, en autant de connexions qu’il faut.",
      steps: [
        "Se connecter avec le mot de passe",
        "Essayer des codes jusqu’au bon, ou jusqu’à ce que rien ne soit plus admis",
        "Changer le nom de la cliente",
      ],
      control: "Essais d’un code",
      measured: "Le compte porte le nom que l’attaquant lui a donné.",
    },
  },
  async run(site, report) {
    const customer = await site.addPerson("customer");
    let tried = 0;
    let answer = "";
    let logins = 0;
    let visitor = new Visitor(site);
    while (logins < MOST_LOGINS && !answer.startsWith("200") && !answer.includes("exhausted")) {
      report.step(0);
      const begun = await begin(site, customer);
      visitor = begun.visitor;
      logins++;
      report.step(1);
      for (const code of guesses(begun.code)) {
        answer = (await visitor.ask("POST", ANSWER, { factor: "email", code })).said;
        if (answer.includes("exhausted")) break;
        tried++;
        if (!answer.includes("code_wrong")) break;
        report.progress(tried / POSSIBLE);
      }
      report.attacker(`log-in ${logins}, ${tried} codes tried: ${answer}`);
    }
    given(tried >= 20 && logins < MOST_LOGINS, `codes are judged: ${answer}`);
    report.step(2);
    await visitor.ask("PATCH", "/api/v1/auth/me", { name: FORGED_NAME });
    const { person } = await site.call<{ person: { name: string } }>("GET", `/api/v1/people/${customer.id}`);
    report.site(`the customer is called "${person.name}"`);
    return { succeeded: person.name === FORGED_NAME, evidence: { tried, logins, answer } };
  },
};
