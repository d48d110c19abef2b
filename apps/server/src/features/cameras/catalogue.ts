import { AppError, type Uuid } from "@gatehouse/base";
import type { access, cameras } from "@gatehouse/contract";
import type { Intake } from "./intake/intake.ts";
import type { CameraActivity, CameraDevices, DescribedCamera } from "./ports.ts";
import type { CameraSettingsBook } from "./settings.ts";

export interface CatalogueDeps {
  readonly devices: CameraDevices;
  readonly activity: CameraActivity;
  readonly settings: CameraSettingsBook;
  readonly intake: Intake;
}

interface PageQuery {
  readonly q: string;
  readonly siteId: Uuid | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** Numbers in names count as numbers, as everywhere. */
const NAMES = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Cameras as people see them. */
export class Catalogue {
  readonly #deps: CatalogueDeps;

  constructor(deps: CatalogueDeps) {
    this.#deps = deps;
  }

  /** By site, then by what people call it. */
  async list(scope: access.Scope, page: PageQuery): Promise<{ items: cameras.Camera[]; total: number }> {
    const { devices } = this.#deps;
    const words = folded(page.q).split(/\s+/u).filter(Boolean);
    const found = (await devices.describe(devices.idsWithin(scope)))
      .filter(({ siteId }) => page.siteId === undefined || siteId === page.siteId)
      .filter(({ name, label, siteName }) => {
        const text = folded(`${name}\n${label}\n${siteName}`);
        return words.every((word) => text.includes(word));
      })
      .sort(
        (a, b) =>
          NAMES.compare(a.siteName, b.siteName) ||
          NAMES.compare(a.label || a.name, b.label || b.name) ||
          (a.cameraId < b.cameraId ? -1 : 1),
      );
    const shown = found.slice(page.offset, page.offset + page.limit);
    return { items: shown.map((camera) => this.#view(camera)), total: found.length };
  }

  /** Refuses `camera.none` for a device without pictures. */
  async get(tenantId: Uuid, cameraId: Uuid): Promise<cameras.Camera> {
    const known = this.#deps.devices.find(cameraId);
    if (known?.tenantId !== tenantId) throw new AppError("camera.none");
    const [described] = await this.#deps.devices.describe([cameraId]);
    if (described === undefined) throw new AppError("device.not_found");
    return this.#view(described);
  }

  #view(camera: DescribedCamera): cameras.Camera {
    const { activity, intake, settings } = this.#deps;
    const { cameraId: id, name, label, typeId, siteId, siteName, demo } = camera;
    const moving = activity.isMoving(id);
    const detectionProblem = activity.detectionProblemOf(id);
    return {
      id,
      name,
      label,
      typeId,
      siteId,
      siteName,
      demo,
      state: intake.stateOf(id),
      health: {
        ...intake.healthOf(id),
        ...activity.fetchingOf(id),
        ...(detectionProblem === undefined ? {} : { detectionProblem }),
      },
      ...settings.of(id),
      recording: activity.isRecording(id),
      ...(moving === undefined ? {} : { moving }),
    };
  }
}

/** Lower case and without accents, so that "café" is found by "cafe". */
const folded = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
