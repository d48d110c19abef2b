import type { ClientBase } from "pg";

/** A table to be copied, in an order in which foreign keys are met on the way back. */
export interface TableInfo {
  readonly name: string;
  /** Stored columns: generated ones are computed again. */
  readonly columns: readonly string[];
  /** Ranges of a partitioned table's children, `[name, from, to]` as the catalogue prints them. */
  readonly partitions: readonly (readonly [name: string, from: string, to: string])[];
}

const TABLES = `
  select c.oid::int as oid, c.relname as name,
    (select coalesce(array_agg(a.attname::text order by a.attnum), '{}') from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    (select coalesce(array_agg(f.confrelid::int), '{}') from pg_constraint f
      where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as needs,
    (select coalesce(json_agg(json_build_array(p.relname, pg_get_expr(p.relpartbound, p.oid)) order by p.relname), '[]')
      from pg_inherits i join pg_class p on p.oid = i.inhrelid where i.inhparent = c.oid) as partitions
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relpersistence = 'p' and c.relname <> 'schema_migrations'
  order by c.relname`;

const BOUND = /^FOR VALUES FROM \('([^']*)'\) TO \('([^']*)'\)$/;

interface Row {
  readonly oid: number;
  readonly name: string;
  readonly columns: string[];
  readonly needs: number[];
  readonly partitions: [string, string][];
}

/** Every table of the product, those that others refer to first. */
export async function readCatalog(client: ClientBase): Promise<TableInfo[]> {
  const { rows } = await client.query<Row>(TABLES);
  return inOrderOfNeed(rows).map(({ name, columns, partitions }) => ({
    name,
    columns,
    partitions: partitions.flatMap(([child, bound]) => {
      const match = BOUND.exec(bound);
      return match === null ? [] : [[child, match[1] as string, match[2] as string] as const];
    }),
  }));
}

function inOrderOfNeed(rows: readonly Row[]): Row[] {
  const ordered: Row[] = [];
  const placed = new Set<number>();
  let waiting = [...rows];
  while (waiting.length > 0) {
    const ready = waiting.filter((row) => row.needs.every((need) => placed.has(need)));
    // A ring of foreign keys: copy what is left in name order and let the database judge.
    const next = ready.length > 0 ? ready : waiting;
    for (const row of next) placed.add(row.oid);
    ordered.push(...next);
    waiting = waiting.filter((row) => !placed.has(row.oid));
  }
  return ordered;
}
