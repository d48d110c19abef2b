export { type ZipFile, zipStream } from "./zip-stream.ts";
