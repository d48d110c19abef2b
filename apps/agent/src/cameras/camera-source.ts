import { AppError } from "@gatehouse/base";
import type { SourceSpec } from "@gatehouse/capture";
import { type Static, type TProperties, Type } from "typebox";
import { Check } from "typebox/value";

const strict = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

const Url = Type.String({ minLength: 1, maxLength: 500 });
const Path = Type.String({ pattern: "^/", maxLength: 1_024 });
const FramesPerSecond = Type.Integer({ minimum: 1, maximum: 60 });
const Side = Type.Integer({ minimum: 16, maximum: 4_096 });
const credentials = {
  user: Type.Optional(Type.String({ maxLength: 100 })),
  password: Type.Optional(Type.String({ maxLength: 200 })),
};

/** Where a camera's pictures come from, as it is kept on disk. */
const CameraSource = Type.Union([
  strict({ kind: Type.Literal("rtsp"), url: Url, ...credentials }),
  strict({ kind: Type.Literal("multipart"), url: Url, ...credentials }),
  strict({
    kind: Type.Literal("v4l2"),
    device: Path,
    width: Side,
    height: Side,
    framesPerSecond: FramesPerSecond,
  }),
  strict({ kind: Type.Literal("file"), path: Path, framesPerSecond: FramesPerSecond }),
  strict({ kind: Type.Literal("folder"), path: Path, framesPerSecond: FramesPerSecond }),
]);
export type CameraSource = Static<typeof CameraSource>;

/** Refuses `secret.unreadable` for what is none. */
export function parseSource(bytes: Uint8Array | undefined): CameraSource {
  try {
    const value: unknown = bytes && JSON.parse(Buffer.from(bytes).toString());
    if (Check(CameraSource, value)) return value;
  } catch {
    // Said below.
  }
  throw new AppError("secret.unreadable", { file: "source.json" });
}

/** What people name it by: without user and password. */
export function describeSource(source: CameraSource): string {
  if (source.kind === "v4l2") return source.device;
  return "url" in source ? source.url : source.path;
}

export interface SourceOptions {
  readonly source?: string;
  readonly multipart?: string;
  readonly v4l2?: string;
  readonly file?: string;
  readonly folder?: string;
  readonly user?: string;
  /** Read from a file or standard input: a command line is seen by everybody on the machine. */
  readonly password?: string;
  readonly size?: string;
  readonly fps?: string;
}

const DEFAULT_SIZE = "1280x720";
const DEFAULT_FPS = "10";
const USAGE = "one of --source rtsp://…, --multipart http://…, --v4l2 DEVICE, --file FILE, --folder FOLDER";

/** From the command line; paths are absolute already. Refuses `request.invalid`. */
export function sourceOf(options: SourceOptions): CameraSource {
  const { source, multipart, v4l2, file, folder } = options;
  if ([source, multipart, v4l2, file, folder].filter((given) => given !== undefined).length !== 1)
    throw invalid(USAGE);
  const url = source ?? multipart;
  const framesPerSecond = whole(options.fps ?? DEFAULT_FPS, "--fps");
  const found: CameraSource =
    url !== undefined
      ? fromUrl(url, multipart === undefined ? ["rtsp:", "rtsps:"] : ["http:", "https:"], options)
      : v4l2 !== undefined
        ? { kind: "v4l2", device: v4l2, ...sizeOf(options.size ?? DEFAULT_SIZE), framesPerSecond }
        : { kind: file === undefined ? "folder" : "file", path: file ?? folder ?? "", framesPerSecond };
  if (!Check(CameraSource, found)) throw invalid(USAGE);
  return found;
}

function fromUrl(
  text: string,
  protocols: readonly string[],
  { user, password }: SourceOptions,
): SourceSpec & CameraSource {
  const url = URL.parse(text);
  if (url === null || !protocols.includes(url.protocol))
    throw invalid(`an address with ${protocols.join(" or ")}`);
  const login = { user: user ?? plain(url.username), password: password ?? plain(url.password) };
  url.username = "";
  url.password = "";
  return {
    kind: url.protocol.startsWith("rtsp") ? "rtsp" : "multipart",
    url: url.href,
    ...(login.user === "" ? {} : login),
  };
}

function plain(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw invalid("an address whose user and password are percent-encoded");
  }
}

function sizeOf(text: string): { width: number; height: number } {
  const [, width, height] = /^([0-9]{2,4})x([0-9]{2,4})$/.exec(text) ?? [];
  if (width === undefined || height === undefined) throw invalid("--size WIDTHxHEIGHT");
  return { width: Number(width), height: Number(height) };
}

function whole(text: string, name: string): number {
  if (!/^[0-9]{1,2}$/.test(text)) throw invalid(`${name} 1…60`);
  return Number(text);
}

const invalid = (usage: string): AppError => new AppError("request.invalid", { usage });
