import { AppError, type Clock, type Logger, type Random, type Uuid } from "@gatehouse/base";
import type { Language, operations, ReplyOf } from "@gatehouse/contract";
import type { AuditTrail } from "../../platform/audit/index.ts";
import type { ServerEndpoints } from "./endpoints.ts";
import { Fleet } from "./fleet.ts";
import { openFilm } from "./frames/film-source.ts";
import type { OpenFrameSource } from "./frames/frame-source.ts";
import { SceneStudio } from "./frames/scene-studio.ts";
import { demoBoard, demoRules } from "./furniture.ts";
import { FURNITURE_WORDS } from "./furniture-words.ts";
import type { DemoDevice, DemoFurniture, DemoInventory } from "./ports.ts";
import type { SimulatedDeviceSpec } from "./simulated-device.ts";
import { DEMO_SITES, FILM_CAMERA, type PlannedDevice, type PlannedSite } from "./site-plan.ts";
import type { DemoStore } from "./store.ts";

export type DemoState = ReplyOf<typeof operations.getDemo>;

export interface DemoDeps {
  readonly store: DemoStore;
  readonly inventory: DemoInventory;
  readonly furniture: DemoFurniture;
  /** The organisation's. */
  language(tenantId: Uuid): Language;
  /** A film that one more camera plays; "" for none. */
  readonly clip: string;
  /** Known once the listeners are open. */
  endpoints(): ServerEndpoints;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly audit: AuditTrail;
}

const PLANNED: ReadonlyMap<string, PlannedDevice> = new Map(
  DEMO_SITES.flatMap((site) => site.devices).map((device) => [device.name, device]),
);
const FILM_FRAMES_PER_SECOND = 10;

/** The demo site of each tenant: made, run, resumed after a restart and removed as one thing. */
export class DemoService {
  readonly #deps: DemoDeps;
  readonly #fleets = new Map<Uuid, Fleet>();
  /** Draws while a demo site runs; all of them show the same pictures. */
  readonly #studio: SceneStudio;
  /** One act at a time: a second click waits and then finds the first one's result. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: DemoDeps) {
    this.#deps = deps;
    this.#studio = new SceneStudio(deps.log, { timeZone: DEMO_SITES[0]?.timeZone ?? "UTC" });
  }

  async state(tenantId: Uuid): Promise<DemoState> {
    const items = await this.#deps.store.list(tenantId);
    const fleet = this.#fleets.get(tenantId);
    return {
      present: items.length > 0,
      running: fleet !== undefined,
      devices: fleet?.size ?? 0,
      connected: fleet?.connected ?? 0,
    };
  }

  /** Fails with demo.exists. */
  create(tenantId: Uuid): Promise<DemoState> {
    return this.#inTurn(async () => {
      if ((await this.#deps.store.list(tenantId)).length > 0) throw new AppError("demo.exists");
      try {
        const devices = await this.#build(tenantId);
        await this.#furnish(tenantId, devices);
        await this.#record(tenantId, "created");
        await this.#run(tenantId, devices);
      } catch (error) {
        await this.#clear(tenantId);
        throw error;
      }
      return this.state(tenantId);
    });
  }

  /** Fails with demo.not_found. */
  remove(tenantId: Uuid): Promise<void> {
    return this.#inTurn(async () => {
      if ((await this.#deps.store.list(tenantId)).length === 0) throw new AppError("demo.not_found");
      await this.#record(tenantId, "removed");
      await this.#clear(tenantId);
    });
  }

  /** Lets every demo site that was there before the restart live on. */
  async resume(): Promise<void> {
    for (const tenantId of await this.#deps.store.tenants()) {
      const siteIds = (await this.#deps.store.list(tenantId))
        .filter((item) => item.kind === "site")
        .map((item) => item.item_id);
      await this.#run(tenantId, await this.#deps.inventory.listDevices(tenantId, siteIds));
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#fleets.values()].map((fleet) => fleet.stop()));
    this.#fleets.clear();
  }

  /** Of the site as one thing, made of many acts that are recorded themselves. */
  #record(tenantId: Uuid, change: "created" | "removed"): Promise<void> {
    const { store, audit } = this.#deps;
    return store.transaction((tx) => audit.record(tx, { kind: "demo.changed", tenantId, data: { change } }));
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(act);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #build(tenantId: Uuid): Promise<DemoDevice[]> {
    const devices: DemoDevice[] = [];
    for (const site of DEMO_SITES) {
      const siteId = await this.#deps.inventory.addSite(tenantId, site);
      await this.#deps.store.add(tenantId, "site", siteId);
      for (const device of this.#plannedAt(site))
        devices.push(await this.#deps.inventory.addDevice(tenantId, siteId, device));
    }
    return devices;
  }

  async #furnish(tenantId: Uuid, devices: readonly DemoDevice[]): Promise<void> {
    const { furniture, store } = this.#deps;
    const words = FURNITURE_WORDS[this.#deps.language(tenantId)];
    for (const rule of demoRules(devices, words))
      await store.add(tenantId, "rule", await furniture.addRule(tenantId, rule));
    for (const { id, name } of devices)
      if (PLANNED.get(name)?.looksForPeople) await furniture.lookForPeople(id);
    await store.add(tenantId, "board", await furniture.addBoard(tenantId, demoBoard(devices, words)));
  }

  async #run(tenantId: Uuid, devices: readonly DemoDevice[]): Promise<void> {
    const { clock, random, log, inventory } = this.#deps;
    const specs: SimulatedDeviceSpec[] = [];
    for (const device of devices) {
      const planned = device.name === FILM_CAMERA.name ? FILM_CAMERA : PLANNED.get(device.name);
      const apiKey = await inventory.apiKey(tenantId, device.id);
      if (apiKey === undefined) continue;
      specs.push({
        name: device.name,
        typeId: device.typeId,
        intervalMs: planned?.intervalMs ?? 10_000,
        transport: planned?.transport ?? "mqtt",
        apiKey,
        pictures: this.#picturesOf(device.name),
      });
    }
    const fleet = new Fleet({ endpoints: this.#deps.endpoints(), clock, random, log });
    this.#fleets.set(tenantId, fleet);
    await fleet.start(specs);
    log.info({ tenantId, devices: specs.length }, "demo.running");
  }

  #plannedAt(site: PlannedSite): readonly PlannedDevice[] {
    return this.#deps.clip !== "" && site === DEMO_SITES[0] ? [...site.devices, FILM_CAMERA] : site.devices;
  }

  #picturesOf(name: string): OpenFrameSource | undefined {
    const { clip } = this.#deps;
    if (name === FILM_CAMERA.name) return clip === "" ? undefined : openFilm(clip, FILM_FRAMES_PER_SECOND);
    const scene = PLANNED.get(name)?.scene;
    return scene === undefined ? undefined : this.#studio.open(scene);
  }

  async #clear(tenantId: Uuid): Promise<void> {
    const { furniture, inventory, store } = this.#deps;
    await this.#fleets.get(tenantId)?.stop();
    this.#fleets.delete(tenantId);
    for (const { kind, item_id: id } of await store.list(tenantId)) {
      if (kind === "rule") await furniture.removeRule(tenantId, id);
      else if (kind === "board") await furniture.removeBoard(tenantId, id);
      else await inventory.removeSite(tenantId, id);
    }
    await store.clear(tenantId);
  }
}
