import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

// Draws the icons of the installed console from its logo: `node tools/icons.ts`. Their bytes are committed.

const PUBLIC = join(import.meta.dirname, "../apps/web/public");
const GROUND = "#0e7c8c";
const logo = readFileSync(join(PUBLIC, "icon.svg"), "utf8");
const white = logo.replaceAll("#0e7c8c", "#ffffff");

/** The logo in a square, `logoRatio` of its side; a maskable icon is cut to a circle of 80 % (W3C Manifest §2.6.4). */
async function draw(
  name: string,
  sidePx: number,
  logoRatio: number,
  ground: string | undefined,
): Promise<void> {
  const logoPx = Math.round(sidePx * logoRatio);
  const drawn = await sharp(Buffer.from(white), { density: (72 * logoPx) / 20 })
    .resize(logoPx, logoPx)
    .png()
    .toBuffer();
  await sharp({
    create: { width: sidePx, height: sidePx, channels: 4, background: ground ?? "#00000000" },
  })
    .composite([{ input: drawn, gravity: "centre" }])
    .png({ compressionLevel: 9, palette: true })
    .toFile(join(PUBLIC, name));
}

await draw("icon-192.png", 192, 0.66, GROUND);
await draw("icon-512.png", 512, 0.66, GROUND);
await draw("icon-maskable-512.png", 512, 0.5, GROUND);
await draw("apple-touch-icon.png", 180, 0.62, GROUND);
// Of a notification's mark only the shape counts.
await draw("badge-96.png", 96, 0.9, undefined);
