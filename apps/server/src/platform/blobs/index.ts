export type { Blobs, BlobWriter } from "./blobs.ts";
export { createFolderBlobs } from "./folder-blobs.ts";
