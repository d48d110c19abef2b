import { parseManifest, type SegmentManifest } from "@gatehouse/video";

/** What a manifest says, whoever signed it. */
export const manifestOf = (text: string | undefined): SegmentManifest | undefined =>
  text === undefined ? undefined : parseManifest(text)?.manifest;
