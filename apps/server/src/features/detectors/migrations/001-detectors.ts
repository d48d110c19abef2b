import type { Migration } from "../../../platform/database/index.ts";

export const createDetectors: Migration = {
  id: "001-detectors",
  up: `
    -- The files of a model. In the database, so that a backup has them and an organisation that goes takes them along.
    create table detector_models (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      begun_ms bigint not null
    );
    create index detector_models_tenant on detector_models (tenant_id);

    create table detector_parts (
      model_id uuid not null references detector_models (id) on delete cascade,
      file text not null,
      part integer not null,
      bytes bytea not null,
      primary key (model_id, file, part)
    );
    -- Weights do not get smaller by compression.
    alter table detector_parts alter column bytes set storage external;

    create table detectors (
      id uuid primary key,
      tenant_id uuid not null references tenants (id) on delete cascade,
      kind text not null,
      name text not null,
      licence text not null,
      -- Of a model: what it is built like, and its files with their hashes; digest is over all of them.
      model_id uuid references detector_models (id),
      family text,
      labels text[] not null,
      width integer,
      height integer,
      files jsonb not null,
      digest text,
      -- Of one that is elsewhere.
      url text,
      allow_private boolean not null default false,
      secret bytea,
      created_ms bigint not null,
      created_by text not null,
      unique (tenant_id, digest)
    );
    create index detectors_tenant on detectors (tenant_id);
  `,
};
