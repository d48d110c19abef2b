import { fetchNotBusy, type Person, type Site } from "./site.ts";

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** The status, and the code of a refusal. */
  readonly said: string;
}

/** Names of the cookies on plain HTTP, which loopback speaks. */
export const ACCESS_COOKIE = "gh-access";
export const REFRESH_COOKIE = "gh-refresh";

/** A browser as a program sees it: asks, and keeps the cookies that it is given. */
export class Visitor {
  readonly #url: string;
  readonly #cookies: Map<string, string>;

  constructor({ url }: Pick<Site, "url">, cookies: Iterable<readonly [string, string]> = []) {
    this.#url = url;
    this.#cookies = new Map(cookies);
  }

  cookie(name: string): string {
    return this.#cookies.get(name) ?? "";
  }

  get cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async fetch(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const given = new Headers(headers);
    if (this.#cookies.size > 0) given.set("cookie", this.cookieHeader);
    if (body !== undefined) given.set("content-type", "application/json");
    const payload = body === undefined ? {} : { body: JSON.stringify(body) };
    const url = `${this.#url}${path}`;
    const reply = await fetchNotBusy(url, { method, headers: given, ...payload });
    for (const line of reply.headers.getSetCookie()) {
      const [pair = ""] = line.split(";", 1);
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return reply;
  }

  async ask(
    method: string,
    path: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const reply = await this.fetch(method, path, body, headers);
    const text = await reply.text();
    const read = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
    const said = [reply.status, read.code].filter((part) => part !== undefined).join(" ");
    return { status: reply.status, body: read, said };
  }

  logIn({ email, password }: Pick<Person, "email" | "password">): Promise<Answer> {
    return this.ask("POST", "/api/v1/auth/login", { email, password });
  }

  /** Changes what a device is called on the console's pages. */
  label(deviceId: string, label: string): Promise<Answer> {
    return this.ask("PATCH", `/api/v1/devices/${deviceId}`, { label });
  }

  /** Whether these cookies open anything. */
  async isIn(): Promise<boolean> {
    return (await this.ask("GET", "/api/v1/auth/me")).status === 200;
  }
}

/** Somebody who is logged in. */
export async function logInAs(site: Site, person: Person): Promise<Visitor> {
  const visitor = new Visitor(site);
  const { status, said } = await visitor.logIn(person);
  if (status !== 200) throw new Error(`log-in of ${person.email}: ${said}`);
  return visitor;
}

export const labelOf = async (site: Site, deviceId: string): Promise<string> =>
  (await site.call<{ label: string }>("GET", `/api/v1/devices/${deviceId}`)).label;
