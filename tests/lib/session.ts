import { fetchAgain } from "./ask-again.ts";

/** What an answer sets, as a Cookie header. */
export const cookiesOf = (reply: Response): string =>
  reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

/** The cookies of a new session. */
export async function openSession(url: string, email: string, password: string): Promise<string> {
  const reply = await fetchAgain(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  if (reply.status !== 200) throw new Error(`log-in: ${await reply.text()}`);
  return cookiesOf(reply);
}
