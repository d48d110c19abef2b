export { drawCaption } from "./caption.ts";
export { drawBoxes } from "./draw-boxes.ts";
export { encodePicture } from "./encode.ts";
export { lumaOf } from "./luma.ts";
export { type MaskArea, maskPicture } from "./mask.ts";
export { type Pixels, pixelsOf } from "./pixels.ts";
