export const login = {
  title: "Log in",
  intro: "Everything stays on your own machine.",
  email: "E-mail address",
  password: "Password",
  submit: "Log in",
  ended: "Your session has ended. Log in again to go on where you were.",
  setup: "This installation has no owner yet. Open the setup link that Gatehouse printed in its log.",
  wait: "Wait {duration}, then try again.",
  show: "Show the password",
} as const;
