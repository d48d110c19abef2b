export { drawCaption } from "./caption.ts";
export { drawBoxes } from "./draw-boxes.ts";
export { encodePicture } from "./encode.ts";
export { lumaOf } from "./luma.ts";
export { type Pixels, pixelsOf } from "./pixels.ts";
export { type ShareBox, smallPicture } from "./small-picture.ts";
