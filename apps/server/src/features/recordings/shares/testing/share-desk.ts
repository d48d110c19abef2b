import { AppError, type Uuid } from "@gatehouse/base";
import type { BodyOf, cameras } from "@gatehouse/contract";
import type { VirtualClock } from "@gatehouse/testkit";
import { shareHouse, WISH } from "./share-house.ts";

const MINUTE_MS = 60_000;

export type ShareDesk = Awaited<ReturnType<typeof shareDesk>>;

/** One organisation that shares, and whoever gets its links. */
export async function shareDesk(clock: VirtualClock) {
  const house = await shareHouse(clock);
  const tenantId = await house.addTenant();
  await house.shares.start?.();
  let [cameraId, segmentId]: Uuid[] = ["", ""];

  /** A link to half a minute of a camera of its own. */
  const unmade = async (wish: Partial<BodyOf<typeof cameras.createShare>> = {}) => {
    const camera = house.addCamera(tenantId);
    cameraId = camera;
    const fromMs = clock.nowMs() - 5 * MINUTE_MS;
    segmentId = await house.record(tenantId, camera, fromMs);
    const path = `/api/v1/cameras/${camera}/shares`;
    const span = { fromMs: fromMs + 10_000, toMs: fromMs + 40_000 };
    const { status, body } = await house.ask(tenantId, "POST", path, { ...WISH, ...span, ...wish });
    if (status !== 200) throw new AppError("server.internal", { body });
    const { share, url } = body as { share: cameras.Share; url: string };
    return { ...share, url, token: url.split("#")[1] as string };
  };
  const act = (id: Uuid, what: string) =>
    house.ask(tenantId, "POST", `/api/v1/recordings/shares/${id}/${what}`, {});
  return {
    ...{ house, tenantId, unmade },
    /** Of the newest link. */
    get cameraId(): Uuid {
      return cameraId as Uuid;
    },
    get segmentId(): Uuid {
      return segmentId as Uuid;
    },
    /** … with its film. */
    async share(wish?: Parameters<typeof unmade>[0]) {
      const made = await unmade(wish);
      await house.shares.idle();
      return made;
    },
    find: (token: string) => house.ask(undefined, "POST", "/api/v1/shares/find", { token }),
    open(token: string, password?: string, from?: string) {
      const body = { token, ...(password === undefined ? {} : { password }) };
      return house.ask(undefined, "POST", "/api/v1/shares/open", body, from);
    },
    film: (view: string, headers: Record<string, string> = {}, query = "") =>
      fetch(`${house.url}/api/v1/share-views/${view}/film${query}`, { headers }),
    async listed(id: Uuid): Promise<cameras.Share> {
      const { body } = await house.ask(tenantId, "GET", "/api/v1/recordings/shares?limit=200");
      return body.items.find((one: cameras.Share) => one.id === id);
    },
    revoke: (id: Uuid) => act(id, "revoke"),
    restore: (id: Uuid) => act(id, "restore"),
    upkeep: () => house.shares.jobs?.[0]?.run({}, new AbortController().signal),
  };
}

export const answerOf = ({
  status,
  body,
}: {
  readonly status: number;
  readonly body: { readonly code?: string };
}) => ({ status, code: body.code });
