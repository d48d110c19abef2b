import { box, full, u16, u32, zeros } from "./boxes.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** `stsd` of H.264 whose decoder configuration (`avcC`, ISO/IEC 14496-15) is known. */
export const avcDescription = (size: Size, config: Uint8Array): Uint8Array =>
  description("avc1", size, box("avcC", config));

/** `stsd` of VP9 in profile 0: 8 bits, 4:2:0, BT.709 ("VP Codec ISO Media File Format Binding", version 1). */
export const vp9Description = (size: Size, level: number): Uint8Array =>
  description("vp09", size, full("vpcC", 1, 0, Uint8Array.of(0, level, 0x82, 1, 1, 1, 0, 0)));

/** VisualSampleEntry (ISO/IEC 14496-12 §12.1.3): 72 dpi, one picture a sample, 24 bits. */
const description = (type: string, { width, height }: Size, config: Uint8Array): Uint8Array =>
  full(
    "stsd",
    ...([0, 0, u32(1)] as const),
    box(
      type,
      ...[zeros(6), u16(1), zeros(16), u16(width), u16(height), u32(0x0048_0000), u32(0x0048_0000)],
      ...[zeros(4), u16(1), zeros(32), u16(24), u16(0xffff), config],
    ),
  );
