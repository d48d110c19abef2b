import { AppError } from "@gatehouse/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";

/** Version of the backup's layout. */
export const BACKUP_FORMAT = 1;

const object = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Name = Type.String({ pattern: "^[a-z_][a-z0-9_]{0,62}$" });
const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
/** What a partition bound may be made of: a date or a time in ISO form. */
const Bound = Type.String({ pattern: "^[0-9TZ:+ .-]{1,40}$" });

export const Manifest = object({
  format: Type.Literal(BACKUP_FORMAT),
  version: Type.String({ maxLength: 40 }),
  createdMs: Type.Integer({ minimum: 0 }),
  migrations: Type.Array(
    object({ feature: Type.String({ maxLength: 64 }), id: Type.String({ maxLength: 64 }) }),
    { maxItems: 10_000 },
  ),
  tables: Type.Array(
    object({
      name: Name,
      columns: Type.Array(Name, { maxItems: 200 }),
      partitions: Type.Array(Type.Tuple([Name, Bound, Bound]), { maxItems: 100_000 }),
      rows: Type.Integer({ minimum: 0 }),
      /** Of the compressed file `tables/<name>.copy.gz`. */
      sha256: Sha256,
    }),
    { maxItems: 1_000 },
  ),
  /** Keys and certificates, by path below the data folder. */
  files: Type.Array(
    object({ path: Type.String({ pattern: "^(secrets|tls)/[A-Za-z0-9._-]{1,100}$" }), sha256: Sha256 }),
    { maxItems: 1_000 },
  ),
});
export type Manifest = Static<typeof Manifest>;

/** Text of manifest.json → manifest; fails with backup.invalid. */
export function parseManifest(text: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("backup.invalid", { reason: "manifest.json is not JSON" }, { cause });
  }
  if (!Check(Manifest, value))
    throw new AppError("backup.invalid", { reason: "manifest.json has another shape" });
  return value;
}
