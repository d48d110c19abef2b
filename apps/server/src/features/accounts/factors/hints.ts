/** `ada.l@example.org` → `a•••@example.org`: enough to know one's own, too little to learn another's. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  const [first = ""] = email;
  return at < 1 ? "•••" : `${first}•••${email.slice(at)}`;
}

/** `+33 6 12 34 56 78` → `•••• 78`. */
export const maskPhone = (phone: string): string => `•••• ${phone.replace(/\D/g, "").slice(-2)}`;
