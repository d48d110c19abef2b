import type { cameras } from "@gatehouse/contract";

type Target = cameras.OffsiteTarget;
type Body = cameras.OffsiteTargetBody;
export type Kind = cameras.OffsiteSettings["kind"];

export const KINDS = ["s3", "gatehouse"] as const satisfies readonly Kind[];

/** What stands in the form; numbers as people type them. */
export interface Draft {
  readonly name: string;
  readonly enabled: boolean;
  readonly kind: Kind;
  /** Of the store, or of the other Gatehouse. */
  readonly address: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly pathStyle: boolean;
  readonly accessKeyId: string;
  readonly inboxId: string;
  readonly secret: string;
  readonly allowPrivate: boolean;
  readonly megabits: number | string;
  readonly keepDays: number | string;
  readonly wholeCameras: readonly string[];
  readonly fromStart: boolean;
}

export const EMPTY: Draft = {
  ...{
    name: "",
    enabled: true,
    kind: "s3",
    address: "",
    region: "us-east-1",
    bucket: "",
    prefix: "gatehouse/",
  },
  ...{ pathStyle: true, accessKeyId: "", inboxId: "", secret: "", allowPrivate: false },
  ...{ megabits: 0, keepDays: 0, wholeCameras: [], fromStart: true },
};

const BITS = 8;
const MILLION = 1_000_000;

export function draftOf({ settings, rateBytes, ...target }: Target): Draft {
  const { name, enabled, allowPrivate, keepDays, wholeCameras } = target;
  const common = {
    ...EMPTY,
    ...{ name, enabled, allowPrivate, keepDays, wholeCameras, kind: settings.kind, secret: "" },
    megabits: (rateBytes * BITS) / MILLION,
  };
  if (settings.kind === "gatehouse") return { ...common, address: settings.url, inboxId: settings.inboxId };
  const { endpoint: address, region, bucket, prefix, pathStyle, accessKeyId } = settings;
  return { ...common, address, region, bucket, prefix, pathStyle, accessKeyId };
}

/** Fields that are empty or cannot be; a secret that is stored may stay empty. */
export function missingOf(draft: Draft, isStored: boolean): (keyof Draft)[] {
  const wanted: (keyof Draft)[] =
    draft.kind === "s3"
      ? ["name", "address", "region", "bucket", "accessKeyId"]
      : ["name", "address", "inboxId"];
  const empty = wanted.filter((field) => String(draft[field]).trim() === "");
  const numbers = (["megabits", "keepDays"] as const).filter((field) => typeof draft[field] !== "number");
  return [...empty, ...numbers, ...(isStored || draft.secret !== "" ? [] : (["secret"] as const))];
}

export function bodyOf(draft: Draft): Body {
  const { enabled, allowPrivate, wholeCameras, secret } = draft;
  const text = (field: "name" | "address" | "region" | "bucket" | "prefix" | "accessKeyId" | "inboxId") =>
    draft[field].trim();
  const settings: cameras.OffsiteSettings =
    draft.kind === "gatehouse"
      ? { kind: "gatehouse", url: text("address"), inboxId: text("inboxId"), token: secret }
      : {
          kind: "s3",
          ...{ endpoint: text("address"), region: text("region"), bucket: text("bucket") },
          prefix: text("prefix") === "" ? "" : `${text("prefix").replace(/\/+$/, "")}/`,
          pathStyle: draft.pathStyle,
          ...{ accessKeyId: text("accessKeyId"), secretAccessKey: secret },
        };
  return {
    ...{ name: text("name"), enabled, allowPrivate, settings, wholeCameras: [...wholeCameras] },
    rateBytes: Math.round((Number(draft.megabits) * MILLION) / BITS),
    keepDays: Number(draft.keepDays),
  };
}
