import { fetchAgain } from "./ask-again.ts";
import { type Gatehouse, OWNER_PASSWORD } from "./gatehouse.ts";

export interface MadeToken {
  readonly token: { readonly id: string };
  readonly secret: string;
}

/** As the owner in a browser does, who confirms with the password. */
export async function makeToken(server: Gatehouse, permissions: readonly string[]): Promise<MadeToken> {
  const cookies = new Map<string, string>();
  const post = async (path: string, body: object): Promise<Response> => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const reply = await fetchAgain(`${server.url}/api/v1${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie },
      body: JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
    for (const set of reply.headers.getSetCookie()) {
      const [name = "", text = ""] = set.split(";", 1)[0]?.split(/=(.*)/s) ?? [];
      cookies.set(name, text);
    }
    return reply;
  };
  await post("/auth/login", { email: "owner@example.org", password: OWNER_PASSWORD });
  await post("/auth/step-up", { factor: "password", password: OWNER_PASSWORD });
  const reply = await post("/tokens", { name: "Home", permissions, expiresMs: Date.now() + 3_600_000 });
  return (await reply.json()) as MadeToken;
}
