import type { Migration } from "../../../platform/database/index.ts";

export const createChainIndex: Migration = {
  id: "004-chain-index",
  up: `
    -- Which segment of a camera comes after another: manifests name the one before.
    create index recording_segments_previous on recording_segments
      (camera_id, substring(manifest from '"previous":"([0-9a-f]{64})"'))
      where manifest is not null;
  `,
};
