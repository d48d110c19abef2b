import type { Migration } from "../../../platform/database/index.ts";

/** meter-2 before meter-10. A server without ICU, which ours has, keeps the order of bytes. */
export const addNaturalOrder: Migration = {
  id: "007-natural-order",
  up: `
    do $$ begin
      create collation natural_order (provider = icu, locale = 'und-u-kn-true');
    exception when feature_not_supported then
      create collation natural_order from "C";
    end $$;
  `,
};
