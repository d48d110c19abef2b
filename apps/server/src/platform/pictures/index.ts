export { drawCaption } from "./caption.ts";
export { encodePicture } from "./encode.ts";
export { lumaOf } from "./luma.ts";
export { type MaskArea, maskPicture } from "./mask.ts";
