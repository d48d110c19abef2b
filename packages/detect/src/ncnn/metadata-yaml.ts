import type { Size } from "../detector.ts";
import { modelInvalid } from "../model-invalid.ts";
import { checkClassNames } from "../output/class-names.ts";

const MAX_LENGTH = 64 * 1_024;

/**
 * Class names of a `metadata.yaml` as exports of YOLO write it: `names:`, then a line `  0: person` for each. Only
 * this much of YAML is read. Undefined when there are none.
 */
export function namesInYaml(yaml: string): string[] | undefined {
  if (yaml.length > MAX_LENGTH) throw modelInvalid("metadata.yaml is too large", { maxLength: MAX_LENGTH });
  const [, block] = /^names:[ \t]*\r?\n((?:[ \t]+\d+:.*(?:\r?\n|$))+)/m.exec(yaml) ?? [];
  if (block === undefined) return undefined;
  const names = block
    .trimEnd()
    .split(/\r?\n/)
    .map((line, i) => {
      const [, key, name = ""] = /^\s+(\d+):\s*(.*?)\s*$/.exec(line) ?? [];
      if (Number(key) !== i) throw modelInvalid("class names with a gap");
      return name.replace(/^(['"])(.*)\1$/, "$2");
    });
  return checkClassNames(names);
}

/** `imgsz:` with height and width on a line each, or in brackets. */
export function sizeInYaml(yaml: string): Size | undefined {
  const found = /^imgsz:\s*(?:\[\s*(\d{1,4})\s*,\s*(\d{1,4})\s*\]|-\s*(\d{1,4})\s+-\s*(\d{1,4}))/m.exec(yaml);
  const [height, width] = found?.slice(1).filter((size) => size !== undefined) ?? [];
  return height === undefined ? undefined : { width: Number(width), height: Number(height) };
}
