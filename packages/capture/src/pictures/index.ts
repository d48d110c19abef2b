export { type MaskArea, maskPicture } from "./mask-picture.ts";
export { openPicture } from "./open-picture.ts";
export { type RgbPicture, smallJpeg } from "./small-jpeg.ts";
