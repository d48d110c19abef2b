import type { Migration } from "../../../platform/database/index.ts";

export const createHeldPins: Migration = {
  id: "003-held-pins",
  up: `
    -- Somebody wants it kept however old it is: age takes neither the pin nor what it pins.
    alter table recording_pins add column held boolean not null default false;
  `,
};
