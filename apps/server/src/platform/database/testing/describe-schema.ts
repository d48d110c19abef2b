import type { Pool } from "pg";

const COLUMNS = `
  select format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then ' not null' else '' end,
    coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) as line
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')`;

const CONSTRAINTS = `
  select format('%s: %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as line
  from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0 and contype <> 'n'`;

const INDEXES = "select indexdef as line from pg_indexes where schemaname = 'public'";

/** The schema `public` as sorted lines (columns, constraints, indexes): equal text means an equal schema. */
export async function describeSchema(pool: Pool): Promise<string[]> {
  const query = [COLUMNS, CONSTRAINTS, INDEXES].join(" union all ");
  const { rows } = await pool.query<{ line: string }>(`${query} order by line`);
  return rows.map((row) => row.line);
}
