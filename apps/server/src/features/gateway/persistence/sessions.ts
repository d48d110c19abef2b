import { SESSION_LIMITS } from "../limits.ts";
import { isEmpty, type Session } from "./session.ts";

/** All sessions by id, and those of a device in the order they were begun. */
export class Sessions {
  readonly #create: (id: string) => Session;
  readonly #byId = new Map<string, Session>();
  readonly #byDevice = new Map<string, Set<Session>>();

  constructor(create: (id: string) => Session) {
    this.#create = create;
  }

  find(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  all(): IterableIterator<Session> {
    return this.#byId.values();
  }

  ofDevice(deviceId: string): readonly Session[] {
    return [...(this.#byDevice.get(deviceId) ?? [])];
  }

  /**
   * The session, begun where it is new. A device that has too many already loses the oldest one that `evict`
   * gives up.
   */
  open(id: string, evict?: (oldest: Session) => boolean): Session {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const session = this.#create(id);
    const { deviceId } = session.owner;
    const siblings = this.ofDevice(deviceId);
    if (evict !== undefined && siblings.length >= SESSION_LIMITS.perDevice) siblings.some(evict);
    this.#byId.set(id, session);
    const own = this.#byDevice.get(deviceId);
    if (own === undefined) this.#byDevice.set(deviceId, new Set([session]));
    else own.add(session);
    return session;
  }

  closeIfEmpty(session: Session): void {
    if (!isEmpty(session) || this.#byId.get(session.id) !== session) return;
    this.#byId.delete(session.id);
    const own = this.#byDevice.get(session.owner.deviceId);
    own?.delete(session);
    if (own?.size === 0) this.#byDevice.delete(session.owner.deviceId);
  }
}
