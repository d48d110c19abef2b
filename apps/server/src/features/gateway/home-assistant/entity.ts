import { decodeJson, decodeText } from "../payload.ts";
import type { Source } from "../readings.ts";
import { Refused } from "../refused.ts";
import { applyTemplate, type ValueTemplate } from "./value-template.ts";

/** What an announcement says about one entity; not yet bound to a device of ours. */
export interface EntitySpec {
  readonly metric: string;
  readonly kind: "number" | "boolean" | "text";
  readonly label: string;
  readonly unit: string;
  readonly decimals?: number;
  readonly stateTopic: string;
  readonly template: ValueTemplate;
  /** Texts that mean true and false. */
  readonly on: string;
  readonly off: string;
  readonly command?: { readonly topic: string; readonly on: string; readonly off: string };
}

export interface Entity extends EntitySpec {
  readonly source: Source;
}

export interface AnnouncedValues {
  readonly source: Source;
  readonly values: Record<string, unknown>;
}

/** What one message on a state topic says about the entities that listen there, by device. */
export function readAnnounced(
  entities: readonly Entity[],
  payload: Buffer,
): readonly AnnouncedValues[] | Refused {
  const text = decodeText(payload);
  if (text instanceof Refused) return text;
  let json: unknown;
  if (entities.some((entity) => entity.template.path !== undefined)) {
    const decoded = decodeJson(payload);
    if (decoded instanceof Refused) return decoded;
    json = decoded.value;
  }
  const found = new Map<string, AnnouncedValues>();
  for (const entity of entities) {
    const value = readEntity(entity, text, json);
    if (value === undefined) continue;
    if (value instanceof Refused) return value;
    const { source } = entity;
    const known = found.get(source.deviceId);
    if (known === undefined) found.set(source.deviceId, { source, values: { [entity.metric]: value } });
    else known.values[entity.metric] = value;
  }
  return [...found.values()];
}

/** Undefined: this message says nothing about the entity. */
function readEntity(
  entity: EntitySpec,
  text: string,
  json: unknown,
): number | boolean | string | undefined | Refused {
  const raw = applyTemplate(entity.template, text, json);
  if (raw === undefined || raw === null) return undefined;
  const written = typeof raw === "object" ? JSON.stringify(raw) : String(raw);
  if (entity.kind === "text") return written;
  if (entity.kind === "boolean") {
    if (written === entity.on) return true;
    if (written === entity.off) return false;
    return new Refused("message.schema", `${entity.metric}: neither ${entity.on} nor ${entity.off}`);
  }
  // A sensor that has nothing to say: Home Assistant's own words for it.
  if (["", "unknown", "unavailable", "None", "null"].includes(written)) return undefined;
  const number = Number(written);
  return Number.isFinite(number) ? number : new Refused("message.not_finite", entity.metric);
}
