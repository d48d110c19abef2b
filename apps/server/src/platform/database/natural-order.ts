import { type RawBuilder, sql } from "kysely";
import type { Migration } from "./migrate.ts";

/** What `inNaturalOrder` needs. A server without ICU, which ours has, keeps the order of bytes. */
export const naturalOrder: Migration = {
  id: "007-natural-order",
  up: `
    do $$ begin
      create collation natural_order (provider = icu, locale = 'und-u-kn-true');
    exception when feature_not_supported then
      create collation natural_order from "C";
    end $$;
  `,
};

/** The order of names as people read them: without capitals, and meter-2 before meter-10. */
export const inNaturalOrder = (name: RawBuilder<string>): RawBuilder<string> =>
  sql<string>`lower(${name}) collate natural_order`;
