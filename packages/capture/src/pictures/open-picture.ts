import sharp, { type Sharp } from "sharp";

/** The largest picture that is opened, in pixels: a header can promise anything. */
const MAX_PIXELS = 4_096 ** 2;

// One picture at a time uses one core; the same picture never comes twice.
sharp.concurrency(1);
sharp.cache(false);

/** A picture of which every byte must be sound. Its work runs in libvips' threads, not in the event loop. */
export const openPicture = (bytes: Uint8Array): Sharp =>
  sharp(bytes, { failOn: "error", limitInputPixels: MAX_PIXELS, sequentialRead: true });
