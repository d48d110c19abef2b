export type { Blobs, BlobWriter, StoredBlob } from "./blobs.ts";
export { createFolderBlobs } from "./folder-blobs.ts";
