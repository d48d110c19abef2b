import { readFileSync } from "node:fs";
import { join } from "node:path";
import { wordsOfBytes } from "@gatehouse/secure-channel";
import { expect, it } from "vitest";
import { absent, canCompile, FIRMWARE, sourcesIn, syntaxOf } from "./firmware/build.ts";

// What can be said of the sketch without a board: that a compiler takes it, with the names and types of both versions
// of arduino-esp32 as firmware/esp32-cam/stubs declares them.

const isHere = canCompile && absent === "";

it.skipIf(!isHere).each([
  ["arduino-esp32 3 on ESP-IDF 5", 3, 5],
  ["arduino-esp32 2 on ESP-IDF 4", 2, 4],
])(
  `the sketch is C++17 without a warning, for %s${absent}`,
  async (_, arduino, idf) => {
    const versions = [`-DESP_ARDUINO_VERSION_MAJOR=${arduino}`, `-DESP_IDF_VERSION_MAJOR=${idf}`];
    const include = ["-I", join(FIRMWARE, "stubs")];
    const sketch = join(FIRMWARE, "esp32-cam.ino");
    expect(await syntaxOf([...versions, ...include, "-x", "c++", sketch, ...sourcesIn("src/board")])).toBe(
      "",
    );
  },
  120_000,
);

it.skipIf(!isHere)(
  `config.example.h is taken with every line in force${absent}`,
  async () => {
    const example = readFileSync(join(FIRMWARE, "config.example.h"), "utf8");
    const defines = [...example.matchAll(/^(?:\/\/ )?#define (\w+) (.+)$/gm)].map(
      ([, name, value]) => `-D${name}=${value}`,
    );
    expect(defines).toHaveLength(7);
    const include = ["-I", join(FIRMWARE, "stubs")];
    expect(await syntaxOf([...defines, ...include, "-x", "c++", join(FIRMWARE, "esp32-cam.ino")])).toBe("");
  },
  60_000,
);

it("the list of words is the one that the console compares with", () => {
  const text = readFileSync(join(FIRMWARE, "src/core/english_words.h"), "utf8");
  const list = [...text.matchAll(/^ {4}"(.*)"/gm)].map(([, part]) => part).join("");
  const published = Array.from(
    { length: 2048 },
    (_, at) => wordsOfBytes(Uint8Array.of(at >> 3, (at & 7) << 5), 1)[0],
  );
  expect(list.split(" ")).toEqual(published);
});
