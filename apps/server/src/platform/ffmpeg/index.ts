export { findFfmpeg } from "@gatehouse/capture";
export { COUNTED_PER_SECOND, encodeFilm } from "./encode-film.ts";
export { KeyFramePictures } from "./key-frame-pictures.ts";
