import type { Words } from "./words.en.ts";

/** Words of mails and SMS to people with an account, in French. */
export const fr: Words = {
  hello: (name) => (name === "" ? "Bonjour," : `Bonjour ${name},`),
  minutes: (n) => (n === 1 ? "1 minute" : `${n} minutes`),
  hours: (n) => (n === 1 ? "1 heure" : `${n} heures`),
  days: (n) => (n === 1 ? "1 jour" : `${n} jours`),
  notYou:
    "Si ce n’était pas vous, connectez-vous, fermez les sessions que vous ne connaissez pas et changez votre mot de passe.",
  ignore: "Si vous n’avez rien demandé, ignorez ce message : rien ne se passe sans le lien ou le code.",
  neverGive: "Personne chez nous ne demande ce code. Ne le donnez à personne.",
  codeOf: (code, validFor) => `Code : ${code} (valable ${validFor})`,
  linkFor: (validFor) => `Le lien sert une seule fois, pendant ${validFor} :`,
  smsCode: (code, organisation, validFor) =>
    `${code} est votre code pour ${organisation}. Valable ${validFor}. Ne le donnez à personne.`,
  confirm_email: {
    subject: (organisation) => `Confirmez votre adresse électronique pour ${organisation}`,
    lines: [
      "Ouvrez le lien, ou saisissez le code là où vous avez commencé, pour confirmer que cette adresse est la vôtre.",
    ],
  },
  sign_up_exists: {
    subject: (organisation) => `Vous avez déjà un compte chez ${organisation}`,
    lines: [
      "Quelqu’un, peut-être vous, vient de s’inscrire ou de demander à utiliser cette adresse. Elle a déjà un compte : rien n’a été changé.",
      "Connectez-vous avec ce compte ; si vous ne connaissez plus le mot de passe, vous pouvez en choisir un autre.",
    ],
  },
  sign_in_link: {
    subject: (organisation) => `Connexion à ${organisation}`,
    lines: ["Ouvrez le lien dans le navigateur où vous l’avez demandé."],
  },
  code: {
    subject: (code, organisation) => `${code} est votre code pour ${organisation}`,
    lines: ["Saisissez le code là où il vous est demandé."],
  },
  reset: {
    subject: (organisation) => `Choisissez un nouveau mot de passe pour ${organisation}`,
    lines: ["Ouvrez le lien pour choisir un nouveau mot de passe. Toutes les sessions se ferment alors."],
  },
  welcome_import: {
    subject: (organisation) => `Votre compte chez ${organisation} a déménagé`,
    lines: ["Votre compte a été repris d’un ancien système. Ouvrez le lien pour choisir un mot de passe."],
  },
  invitation: {
    subject: (organisation) => `${organisation} vous invite`,
    lines: (by, role) => [
      by === "" ? "Un compte vous est proposé." : `${by} vous propose un compte.`,
      `Rôle : ${role}`,
      "Ouvrez le lien, choisissez un mot de passe et confirmez votre téléphone.",
    ],
  },
  approved: {
    subject: (organisation) => `${organisation} a accepté votre compte`,
    lines: ["Votre inscription a été vérifiée et acceptée. Vous pouvez vous connecter."],
  },
  rejected: {
    subject: (organisation) => `${organisation} n’a pas accepté votre inscription`,
    lines: (reason) => ["Votre inscription a été vérifiée et n’a pas été acceptée. La raison :", reason],
  },
  email_changed: {
    subject: "L’adresse électronique de votre compte a changé",
    lines: (to) => [
      `Votre compte a maintenant l’adresse ${to} ; celle-ci ne sert plus.`,
      "Si ce n’était pas vous, annulez le changement avec le lien : toutes les sessions se ferment et le mot de passe devra être choisi à nouveau.",
    ],
  },
  phone_changed: {
    subject: "Le numéro de téléphone de votre compte a changé",
    lines: (to) => [
      `Votre compte a maintenant le numéro ${to}.`,
      "Si ce n’était pas vous, annulez le changement avec le lien : toutes les sessions se ferment et le mot de passe devra être choisi à nouveau.",
    ],
    sms: (organisation, link) =>
      `${organisation} : votre compte a un autre numéro de téléphone. Pas vous ? Annulez : ${link}`,
  },
  change_reverted: {
    subject: "Un changement de votre compte a été annulé",
    lines: [
      "L’adresse ou le numéro d’avant est de nouveau valable et toutes les sessions sont fermées.",
      "Ouvrez le lien pour choisir un nouveau mot de passe.",
    ],
  },
  password_changed: {
    subject: "Le mot de passe de votre compte a changé",
    lines: ["Toutes les autres sessions sont fermées."],
  },
  factor_added: {
    subject: "Votre compte a un moyen de connexion de plus",
    lines: (factor) => [`Ajouté : ${factor}`],
  },
  factor_removed: {
    subject: "Un moyen de connexion de votre compte a été retiré",
    lines: (factor) => [`Retiré : ${factor}`],
  },
  new_browser: {
    subject: "Votre compte a été utilisé depuis un navigateur inconnu",
    lines: (client, address) => [`Navigateur : ${client}`, `Adresse réseau : ${address}`],
  },
  under_attack: {
    subject: "Quelqu’un essaie d’entrer dans votre compte",
    lines: (tries) => [
      `Il y a eu ${tries} essais erronés sur votre compte pendant la dernière heure. Personne n’est entré ainsi, et nous les ralentissons.`,
      "Vous pouvez continuer comme toujours. Une clé d’accès ou une application d’authentification rend ces essais vains.",
    ],
  },
  erasure_requested: {
    subject: "Votre compte va être effacé",
    lines: (time) => [
      `Quelqu’un, vous nous l’espérons, a demandé l’effacement de votre compte. Il aura lieu dans ${time}.`,
      "D’ici là, vous pouvez vous connecter et retirer la demande.",
    ],
  },
  erased: {
    subject: "Votre compte est effacé",
    lines: (kept) => [
      "Ce que votre compte avait de personnel est supprimé. Vous ne pouvez plus vous connecter, et ceci est le dernier message.",
      ...(kept.length === 0 ? [] : [`Ce qui doit rester : ${kept.join(" ; ")}.`]),
    ],
  },
  kept: {
    ledger_entries: "les lignes du journal d’audit, sans votre nom ni votre adresse",
    invoices: "les factures, aussi longtemps que la loi le demande",
    other: "ce que la loi demande de garder",
  },
  factor: {
    totp: "application d’authentification",
    passkey: "clé d’accès",
    recovery_codes: "codes de secours",
    sms: "codes par SMS",
    email: "codes par courrier électronique",
    password: "mot de passe",
  },
  role: {
    owner: "propriétaire",
    operator: "opérateur",
    guard: "gardien",
    billing_clerk: "facturation",
    installer: "installateur",
    auditor: "auditeur",
    customer: "client",
  },
};
