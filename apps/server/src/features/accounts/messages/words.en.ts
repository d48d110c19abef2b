/** Words of mails and SMS to people with an account, in English. `words.fr.ts` has the same shape. */
export const en = {
  hello: (name: string) => (name === "" ? "Hello," : `Hello ${name},`),
  minutes: (n: number) => (n === 1 ? "1 minute" : `${n} minutes`),
  hours: (n: number) => (n === 1 ? "1 hour" : `${n} hours`),
  days: (n: number) => (n === 1 ? "1 day" : `${n} days`),
  notYou: "If this was not you, log in, end the sessions you do not know and change your password.",
  ignore: "If you did not ask for this, ignore this mail: nothing happens without the link or the code.",
  neverGive: "Nobody of us asks for this code. Do not give it to anybody.",
  codeOf: (code: string, validFor: string) => `Code: ${code} (valid for ${validFor})`,
  linkFor: (validFor: string) => `The link works once, for ${validFor}:`,
  smsCode: (code: string, organisation: string, validFor: string) =>
    `${code} is your code for ${organisation}. Valid for ${validFor}. Do not give it to anybody.`,
  confirm_email: {
    subject: (organisation: string) => `Confirm your e-mail address for ${organisation}`,
    lines: ["Open the link, or type the code where you began, to confirm that this is your address."],
  },
  sign_up_exists: {
    subject: (organisation: string) => `You already have an account with ${organisation}`,
    lines: [
      "Somebody, perhaps you, has just signed up or asked to use this address. It already has an account, so nothing was changed.",
      "Log in with it; if you do not know the password any more, choose another one there.",
    ],
  },
  sign_in_link: {
    subject: (organisation: string) => `Log in to ${organisation}`,
    lines: ["Open the link in the browser in which you asked for it."],
  },
  code: {
    subject: (code: string, organisation: string) => `${code} is your code for ${organisation}`,
    lines: ["Type the code where you were asked for it."],
  },
  reset: {
    subject: (organisation: string) => `Choose a new password for ${organisation}`,
    lines: ["Open the link to choose a new password. Every session then ends."],
  },
  welcome_import: {
    subject: (organisation: string) => `Your account with ${organisation} has moved`,
    lines: ["Your account was taken over from an earlier system. Open the link to choose a password."],
  },
  invitation: {
    subject: (organisation: string) => `${organisation} invites you`,
    lines: (by: string, role: string) => [
      by === "" ? "You are invited to an account." : `${by} invites you to an account.`,
      `Role: ${role}`,
      "Open the link, choose a password and confirm your phone.",
    ],
  },
  approved: {
    subject: (organisation: string) => `${organisation} has approved your account`,
    lines: ["Your sign-up was checked and approved. You can log in now."],
  },
  rejected: {
    subject: (organisation: string) => `${organisation} has not approved your sign-up`,
    lines: (reason: string) => ["Your sign-up was checked and not approved. The reason:", reason],
  },
  email_changed: {
    subject: "The e-mail address of your account was changed",
    lines: (to: string) => [
      `Your account now has the address ${to}; this one is not used any more.`,
      "If this was not you, take the change back with the link: every session then ends and the password has to be chosen anew.",
    ],
  },
  phone_changed: {
    subject: "The phone number of your account was changed",
    lines: (to: string) => [
      `Your account now has the number ${to}.`,
      "If this was not you, take the change back with the link: every session then ends and the password has to be chosen anew.",
    ],
    sms: (organisation: string, link: string) =>
      `${organisation}: your account has another phone number now. Not you? Take it back: ${link}`,
  },
  change_reverted: {
    subject: "A change of your account was taken back",
    lines: [
      "The address or phone number of before holds again and every session has ended.",
      "Open the link to choose a new password.",
    ],
  },
  password_changed: {
    subject: "The password of your account was changed",
    lines: ["All other sessions have ended."],
  },
  factor_added: {
    subject: "Your account has another way to log in",
    lines: (factor: string) => [`Added: ${factor}`],
  },
  factor_removed: {
    subject: "A way to log in was removed from your account",
    lines: (factor: string) => [`Removed: ${factor}`],
  },
  new_browser: {
    subject: "Your account was used from a browser we do not know",
    lines: (client: string, address: string) => [`Browser: ${client}`, `Network address: ${address}`],
  },
  under_attack: {
    subject: "Somebody is trying to get into your account",
    lines: (tries: string) => [
      `There were ${tries} wrong tries on your account in the last hour. Nobody got in by them, and we slow them down.`,
      "You can go on as always. A passkey or an authenticator app makes such tries worthless.",
    ],
  },
  erasure_requested: {
    subject: "Your account will be erased",
    lines: (time: string) => [
      `Somebody, we hope you, asked for your account to be erased. It happens in ${time}.`,
      "Until then you can log in and withdraw it.",
    ],
  },
  erased: {
    subject: "Your account is erased",
    lines: (kept: readonly string[]) => [
      "What was personal in your account is deleted. You cannot log in any more, and this is the last mail.",
      ...(kept.length === 0 ? [] : [`What has to stay: ${kept.join("; ")}.`]),
    ],
  },
  kept: {
    ledger_entries: "entries of the audit log, without your name or address",
    invoices: "invoices, for as long as the law asks for them",
    other: "records that the law asks for",
  } as Record<string, string>,
  factor: {
    totp: "authenticator app",
    passkey: "passkey",
    recovery_codes: "recovery codes",
    sms: "codes by SMS",
    email: "codes by mail",
    password: "password",
  } as Record<string, string>,
  role: {
    owner: "owner",
    operator: "operator",
    guard: "guard",
    billing_clerk: "billing clerk",
    installer: "installer",
    auditor: "auditor",
    customer: "customer",
  } as Record<string, string>,
};

export type Words = typeof en;
