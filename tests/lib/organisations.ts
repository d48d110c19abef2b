import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import type { AnyEndpoint, access, BodyOf, ResourceKind, Role } from "@gatehouse/contract";
import type { Client } from "pg";
import { hashPassword } from "../../apps/server/src/platform/secrets/index.ts";
import { openDatabase } from "../../bench/lib/stored.ts";
import { askAgain, saysBusy } from "./ask-again.ts";
import { type Gatehouse, startGatehouse } from "./gatehouse.ts";
import { openSession } from "./session.ts";
import {
  insertAlert,
  insertCameraEvent,
  insertDelivery,
  insertExport,
  insertLabRun,
  insertSegment,
  insertShare,
} from "./stored-things.ts";

const PASSWORD = "copper-lantern-83-violin";

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
}

/** Somebody who asks, from an address of their own, so that limits of one address hit nobody else. */
export interface Asker {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The reply of a call that must succeed. */
  get<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** What an organisation has of each kind, at its first and at its second site. */
export interface Things {
  readonly tenantId: string;
  readonly sites: readonly [string, string];
  readonly first: Readonly<Partial<Record<ResourceKind, string>>>;
  readonly second: Readonly<Partial<Record<ResourceKind, string>>>;
  readonly deviceKey: string;
  readonly deviceName: string;
}

type GrantBody = BodyOf<typeof access.addGrant>;

export interface House {
  readonly server: Gatehouse;
  readonly database: Client;
  readonly host: Things;
  readonly guest: Things;
  /** Somebody of this organisation who is logged in and has just confirmed with a second factor. */
  person(
    tenantId: string,
    role: Role,
    options?: {
      readonly everywhere?: boolean;
      readonly grants?: readonly GrantBody[];
      readonly steppedUp?: boolean;
    },
  ): Promise<Asker & { readonly personId: string }>;
  program(name: string, token: string): Asker;
  nobody(headers?: Readonly<Record<string, string>>): Asker;
  end(): Promise<void>;
}

let lastAddress = 1;

/** Loopback has 16 million addresses: each asker gets its own. */
function askerAt(url: string, name: string, headers: Readonly<Record<string, string>>): Asker {
  lastAddress++;
  const localAddress = `127.0.${Math.floor(lastAddress / 250)}.${(lastAddress % 250) + 2}`;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const { port } = new URL(url);
  const askOnce = (method: string, path: string, body?: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const given =
        payload === undefined
          ? headers
          : { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
      const asked = request(
        {
          agent,
          host: "127.0.0.1",
          port,
          localAddress,
          method,
          path,
          headers: { ...given, host: `localhost:${port}` },
        },
        (reply) => {
          let text = "";
          reply.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          reply.on("end", () => {
            const status = reply.statusCode ?? 0;
            const isProblem = status >= 400 && text.startsWith("{");
            resolve({
              status,
              text,
              code: isProblem ? (JSON.parse(text) as { code: string }).code : undefined,
            });
          });
        },
      );
      asked.on("error", reject).end(payload);
    });
  const ask: Asker["ask"] = (method, path, body) =>
    askAgain(
      () => askOnce(method, path, body),
      ({ status, code }) => saysBusy(status, code),
    );
  return {
    name,
    headers,
    ask,
    async get<T>(method: string, path: string, body?: unknown) {
      const answer = await ask(method, path, body);
      if (answer.status >= 300)
        throw new Error(`${name}: ${method} ${path}: ${answer.status} ${answer.text}`);
      return JSON.parse(answer.text) as T;
    },
  };
}

/** A server with two organisations, each with two sites and something of every kind at both. */
export async function openHouse(env: Record<string, string> = {}): Promise<House> {
  const server = await startGatehouse(env);
  const database = await openDatabase(server.dataDir);
  const hash = await hashPassword(PASSWORD);

  const person: House["person"] = async (
    tenantId,
    role,
    { everywhere = true, grants = [], steppedUp = true } = {},
  ) => {
    const personId = randomUUID();
    const email = `${role}-${personId}@example.org`;
    await database.query(
      `insert into people (id, tenant_id, name, email, email_key, password_hash, role, language, state, created_at)
       values ($1, $2, $3, $4, $4, $5, 'auditor', 'en', 'active', now())`,
      [personId, tenantId, `${role} ${personId.slice(0, 4)}`, email, hash],
    );
    // Before the role is given: a customer's log-in has more steps, and what is tried here comes after it.
    const asker = await logIn(email, steppedUp);
    const owner = await ownerOf(tenantId);
    const mainRole = { role, everywhere: everywhere && role !== "customer" };
    await owner.get("PUT", `/api/v1/people/${personId}/role`, mainRole);
    for (const grant of grants) await owner.get("POST", `/api/v1/people/${personId}/grants`, grant);
    return { ...asker, personId, name: role };
  };

  async function logIn(email: string, steppedUp: boolean): Promise<Asker> {
    const cookie = await openSession(server.url, email, PASSWORD);
    await database.query(
      `update sessions set step_up_at = ${steppedUp ? "now()" : "null"}
       where person_id = (select id from people where email = $1)`,
      [email],
    );
    return askerAt(server.url, email, { cookie });
  }

  const owners = new Map<string, Promise<Asker>>();
  function ownerOf(tenantId: string): Promise<Asker> {
    const known = owners.get(tenantId);
    if (known !== undefined) return known;
    const made = (async () => {
      const email = `owner-${tenantId}@example.org`;
      await database.query(
        `insert into people (id, tenant_id, name, email, email_key, password_hash, role, language, state, created_at)
         values (gen_random_uuid(), $1, 'First Owner', $2, $2, $3, 'owner', 'en', 'active', now())`,
        [tenantId, email, hash],
      );
      return logIn(email, true);
    })();
    owners.set(tenantId, made);
    return made;
  }

  const hostId = (await database.query<{ id: string }>("select id from tenants")).rows[0]?.id as string;
  const guest = await server.call<{ id: string }>("POST", "/api/v1/tenants", {
    name: "Guests",
    language: "en",
    owner: { name: "Invited Owner", email: "invited@example.org", language: "en" },
  });
  return {
    server,
    database,
    host: await furnish(database, await ownerOf(hostId), hostId, guest.id, person),
    guest: await furnish(database, await ownerOf(guest.id), guest.id, guest.id, person),
    person,
    program: (name, token) => askerAt(server.url, name, { authorization: `Bearer ${token}` }),
    nobody: (headers = {}) => askerAt(server.url, "nobody", headers),
    async end() {
      await database.end();
      await server.end();
    },
  };
}

interface Made {
  readonly id: string;
}

/** Something of every kind, twice where it can lie at a site. */
async function furnish(
  database: Client,
  owner: Asker,
  tenantId: string,
  guestId: string,
  person: House["person"],
): Promise<Things> {
  const post = <T = Made>(path: string, body: object): Promise<T> =>
    owner.get<T>("POST", `/api/v1${path}`, body);
  const zone = { timeZone: "Europe/Paris" };
  const sites = [
    (await post("/sites", { name: "North", ...zone })).id,
    (await post("/sites", { name: "South", ...zone })).id,
  ] as const;
  const channel = await post("/channels", {
    name: "hook",
    enabled: false,
    minSeverity: "critical",
    allowPrivate: false,
    dailyCap: 5,
    settings: { kind: "webhook", url: "https://example.org/hook", secret: "a-secret-of-24-letters.." },
  });
  const role = await post<{ ref: string }>("/roles", { name: "Reader", permissions: ["device.read"] });
  const inADay = Date.now() + 86_400_000;
  const token = await post<{ token: Made }>("/tokens", {
    name: "t",
    permissions: ["device.read"],
    expiresMs: inADay,
  });
  const other = await person(tenantId, "auditor");
  const invitation = await post("/invitations", {
    name: "New",
    email: `new-${tenantId}@example.org`,
    role: "guard",
    language: "en",
  });
  const wide: Partial<Record<ResourceKind, string>> = {
    notification_channel: channel.id,
    role: role.ref,
    token: token.token.id,
    person: other.personId,
    invitation: invitation.id,
    tenant: guestId,
    approval: await waitingApproval(owner, person, tenantId),
    delivery: await insertDelivery(database, tenantId),
    case: (await post("/cases", { title: "c" })).id,
    lab_run: await insertLabRun(database, tenantId),
    offsite_target: await addOffsiteTarget(post),
    offsite_inbox: (await post("/offsite/inboxes", INBOX)).id,
    detector: (await post("/detectors", DETECTOR)).id,
    model_upload: (await post("/detectors/uploads", {})).id,
  };
  const placed = async (siteId: string, name: string) => {
    const added = await post<{ device: Made; key: { apiKey: string } }>("/devices", {
      name,
      typeId: "plug",
      siteId,
    });
    const device = added.device.id;
    const meter = await post<{ device: Made }>("/devices", {
      name: `${name}-meter`,
      typeId: "meter",
      siteId,
    });
    const camera = await post<{ device: Made }>("/devices", {
      name: `${name}-camera`,
      typeId: "camera",
      siteId,
    });
    const board = await post("/boards", {
      name,
      charts: [{ title: "p", series: [`${device}:power`] }],
      rangeMs: 60_000,
    });
    const rule = await post("/rules", {
      name,
      enabled: true,
      severity: "info",
      scope: { siteId },
      condition: { kind: "silence", forMs: 604_800_000 },
      holdMs: 0,
      channelIds: [],
      repeatMs: 0,
    });
    const group = await post<{ group: Made }>("/enrolment-groups", {
      name,
      typeId: "plug",
      siteId,
      maxDevices: 1,
      expiresMs: inADay,
    });
    const read = await post("/meter-reads", { deviceIds: [meter.device.id], deadlineSeconds: 3_600 });
    const things: Partial<Record<ResourceKind, string>> = {
      ...wide,
      site: siteId,
      device,
      board: board.id,
      rule: rule.id,
      enrolment_group: group.group.id,
      meter_read: read.id,
      alert: await insertAlert(database, tenantId, device),
      segment: await insertSegment(database, tenantId, camera.device.id),
      camera_event: await insertCameraEvent(database, tenantId, camera.device.id),
      recording_export: await insertExport(database, tenantId, camera.device.id),
      share: await insertShare(database, tenantId, camera.device.id),
    };
    return { things, apiKey: added.key.apiKey };
  };
  // The same names in both organisations: neither may stand in the other's way.
  const first = await placed(sites[0], "north-plug");
  const second = await placed(sites[1], "south-plug");
  return {
    tenantId,
    sites,
    first: first.things,
    second: second.things,
    deviceKey: first.apiKey,
    deviceName: "north-plug",
  };
}

/** A request of one owner that waits for another; the policy is off again afterwards. */
async function waitingApproval(owner: Asker, person: House["person"], tenantId: string): Promise<string> {
  const second = await person(tenantId, "owner");
  await owner.get("PUT", "/api/v1/approval-policy", { acts: ["tokens"], delayHours: 24 });
  const body = { name: "held", permissions: ["device.read"], expiresMs: Date.now() + 86_400_000 };
  const held = await second.ask("POST", "/api/v1/tokens", body);
  if (held.code !== "approval.required") throw new Error(`not held: ${held.text}`);
  const asked = await owner.ask("PUT", "/api/v1/approval-policy", { acts: [], delayHours: 24 });
  const { approvalId } = JSON.parse(asked.text) as { approvalId: string };
  await second.get("POST", `/api/v1/approvals/${approvalId}/approve`, { reason: "set-up of a test" });
  return (JSON.parse(held.text) as { approvalId: string }).approvalId;
}

const INBOX = { name: "neighbours", capBytes: 1_000_000, keepDays: 0, senderKey: "" };

const DETECTOR = {
  name: "next door",
  licence: "",
  url: "https://example.org/look",
  allowPrivate: false,
  secret: "",
};

/** Paused: nothing is sent anywhere. */
async function addOffsiteTarget(post: <T>(path: string, body: object) => Promise<T>): Promise<string> {
  const settings = {
    ...{ kind: "s3", endpoint: "https://example.org", region: "eu-1", bucket: "films", prefix: "" },
    ...{ pathStyle: true, accessKeyId: "id", secretAccessKey: "secret" },
  };
  const made = await post<Made>("/offsite/targets", {
    ...{ name: "store", enabled: false, allowPrivate: false, rateBytes: 0, keepDays: 0 },
    ...{ wholeCameras: [], fromStart: false, settings },
  });
  return made.id;
}

const NOTHING = "00000000-0000-4000-8000-00000000dead";

/** The declared address with this thing's id, and something well-formed for every other parameter. */
export const addressOf = ({ path, resource }: AnyEndpoint, things: Things["first"]): string =>
  path.replace(/:(\w+)/g, (_, name: string) =>
    name === resource?.param ? (things[resource.kind] ?? NOTHING) : NOTHING,
  );
