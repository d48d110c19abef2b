/** A customer's own pages. */
export const portal = {
  title: "My account",
  nav: "Main",
  home: "Home",
  me: "Me",
  hello: "Hello {name}",
  state: "Your account with {organisation} is active.",
  member: "Customer since {date}.",
  lastLogin: "You last logged in on {time}.",
  secure: "Your account",
  noFactor: "You have no second factor. Whoever knows your password can log in.",
  factors: "{count, plural, one {One second factor protects} other {# second factors protect}} your account.",
  reading: "your account",
  toAccount: "To your account",
  addFactor: "Add a second factor",
} as const;
