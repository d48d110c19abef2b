export { encodePicture } from "./encode.ts";
export { lumaOf } from "./luma.ts";
export { type MaskArea, maskPicture } from "./mask.ts";
