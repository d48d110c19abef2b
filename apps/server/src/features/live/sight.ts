import type { Uuid } from "@gatehouse/base";
import { access, type Permission } from "@gatehouse/contract";

/** Those of the items that are of a device one may see. */
export type Seen = <T>(items: T[], deviceOf: (item: T) => Uuid | undefined) => T[];

export type SiteOf = (deviceId: Uuid) => Uuid | undefined;

const NOTHING: Seen = () => [];
const EVERYTHING: Seen = (items) => items;

/** What one person may see of the news. */
export class Sight {
  readonly #permissions: access.Access;
  readonly #siteOf: SiteOf;

  constructor(permissions: access.Access, siteOf: SiteOf) {
    this.#permissions = permissions;
    this.#siteOf = siteOf;
  }

  /** People with the same key see the same; undefined when that depends on where each thing lies. */
  get key(): string | undefined {
    const isWhole = [...this.#permissions.values()].every((reach) => reach === "all");
    return isWhole ? [...this.#permissions.keys()].sort().join() : undefined;
  }

  /** In the whole organisation. */
  ofAll(permission: Permission): boolean {
    return this.#permissions.get(permission) === "all";
  }

  of(permission: Permission): Seen {
    const reach = this.#permissions.get(permission);
    if (reach === undefined) return NOTHING;
    if (reach === "all") return EVERYTHING;
    return (items, deviceOf) =>
      items.filter((item) => {
        const deviceId = deviceOf(item);
        const siteId = deviceId === undefined ? undefined : this.#siteOf(deviceId);
        return siteId !== undefined && access.reaches(reach, { siteId, ...(deviceId && { deviceId }) });
      });
  }
}
