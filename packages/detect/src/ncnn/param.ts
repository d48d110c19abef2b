import { modelInvalid } from "../model-invalid.ts";

/** First line of every `.param` file (github.com/Tencent/ncnn/wiki/param-and-model-file-structure). */
const MAGIC = "7767517";
export const MAX_PARAM_LENGTH = 2 ** 20;
const MAX_LAYERS = 10_000;
const MAX_BLOBS_OF_LAYER = 64;
const MAX_ARRAY = 1_024;
/** Keys from here down hold arrays: −23300 − key. */
const ARRAY_KEY = -23_300;
const MAX_KEY = 64;

export interface NcnnLayer {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly settings: Settings;
}

/** What stands behind a layer, by number. */
export class Settings {
  readonly #values: ReadonlyMap<number, readonly number[]>;

  constructor(values: ReadonlyMap<number, readonly number[]>) {
    this.#values = values;
  }

  number(key: number, otherwise: number): number {
    return this.#values.get(key)?.[0] ?? otherwise;
  }

  /** A whole number in a range; all others would make sizes that nobody means. */
  whole(key: number, otherwise: number, least = 0, most = 65_536): number {
    const value = this.number(key, otherwise);
    if (!Number.isInteger(value) || (value !== otherwise && (value < least || value > most)))
      throw modelInvalid(`the setting ${key}=${value} of a layer`);
    return value;
  }

  list(key: number): readonly number[] {
    return this.#values.get(key) ?? [];
  }
}

/** Reads the text of a `.param` file. Throws `detector.model_invalid`. */
export function parseParam(text: string): NcnnLayer[] {
  if (text.length > MAX_PARAM_LENGTH)
    throw modelInvalid("the .param file is too large", { maxLength: MAX_PARAM_LENGTH });
  const [magic, counts, ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (magic?.trim() !== MAGIC) throw modelInvalid("this is no .param file of NCNN");
  const layerCount = Number(counts?.trim().split(/\s+/)[0]);
  if (lines.length !== layerCount || layerCount > MAX_LAYERS)
    throw modelInvalid("the .param file does not hold as many layers as it says");
  return lines.map(parseLayer);
}

function parseLayer(line: string): NcnnLayer {
  const words = line.trim().split(/\s+/);
  const [type = "", name = "", inputs, outputs] = words;
  const [inputCount, outputCount] = [inputs, outputs].map(Number) as [number, number];
  const isCount = (count: number): boolean =>
    Number.isInteger(count) && count >= 0 && count <= MAX_BLOBS_OF_LAYER;
  const blobs = 4 + inputCount + outputCount;
  if (!isCount(inputCount) || !isCount(outputCount) || words.length < blobs)
    throw modelInvalid("a layer that cannot be read", { layer: line.slice(0, 80) });
  return {
    type,
    name,
    inputs: words.slice(4, 4 + inputCount),
    outputs: words.slice(4 + inputCount, blobs),
    settings: parseSettings(words.slice(blobs)),
  };
}

function parseSettings(words: readonly string[]): Settings {
  const values = new Map<number, readonly number[]>();
  for (const word of words) {
    const [key, text = ""] = word.split("=");
    const given = Number(key);
    const numbers = text.split(",").map(Number);
    const isArray = given <= ARRAY_KEY;
    const index = isArray ? ARRAY_KEY - given : given;
    const list = isArray ? numbers.slice(1) : numbers;
    const counted = isArray ? numbers[0] === list.length && list.length <= MAX_ARRAY : list.length === 1;
    if (
      !Number.isInteger(index) ||
      index < 0 ||
      index > MAX_KEY ||
      !counted ||
      text === "" ||
      !list.every(Number.isFinite)
    )
      throw modelInvalid("a setting of a layer that cannot be read", { setting: word.slice(0, 80) });
    values.set(index, list);
  }
  return new Settings(values);
}
