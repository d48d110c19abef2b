import { type Static, Type } from "typebox";

const frameSize = Type.Enum(["qvga", "cif", "vga", "svga", "xga", "hd", "sxga", "uxga"], {
  default: "vga",
  description: "Size of the picture: qvga 320 × 240 to uxga 1600 × 1200",
});

const flip = Type.Enum(["none", "horizontal", "vertical", "both"], {
  default: "none",
  description: "Mirrored along an axis; both: turned by 180°",
});

/** What firmware/esp32-cam lets the server set. */
export const Esp32CamSettings = Type.Object(
  {
    frameSize,
    quality: Type.Integer({
      minimum: 4,
      maximum: 63,
      default: 12,
      description: "JPEG quality as the sensor counts it: 4 is best and largest, 63 worst",
    }),
    fps: Type.Integer({ minimum: 1, maximum: 30, default: 10, description: "Pictures a second, at most" }),
    lamp: Type.Integer({
      minimum: 0,
      maximum: 100,
      default: 50,
      description: "Brightness of the lamp when it is switched on, in per cent",
    }),
    flip,
  },
  { additionalProperties: false },
);
export type Esp32CamSettings = Static<typeof Esp32CamSettings>;
