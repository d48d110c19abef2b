import { modelInvalid } from "../model-invalid.ts";

const MAX_CLASSES = 1_000;
const MAX_NAME_LENGTH = 64;

/** The 80 classes of COCO (cocodataset.org), in the order that detectors use. */
export const COCO_NAMES: readonly string[] = (
  "person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant stop_sign parking_meter " +
  "bench bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella handbag tie suitcase frisbee skis " +
  "snowboard sports_ball kite baseball_bat baseball_glove skateboard surfboard tennis_racket bottle wine_glass cup " +
  "fork knife spoon bowl banana apple sandwich orange broccoli carrot hot_dog pizza donut cake chair couch " +
  "potted_plant bed dining_table toilet tv laptop mouse remote keyboard cell_phone microwave oven toaster sink " +
  "refrigerator book clock vase scissors teddy_bear hair_drier toothbrush"
)
  .split(" ")
  .map((name) => name.replaceAll("_", " "));

/**
 * Names as exports of YOLO keep them: a Python dictionary or list, or JSON: `{0: 'person', 1: "dog's bed"}`.
 * Throws `detector.model_invalid`.
 */
export function parseClassNames(text: string): string[] {
  const names: string[] = [];
  const rest = text
    .trim()
    .slice(1, -1)
    .replace(
      /\s*(?:"?(\d+)"?\s*:\s*)?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*(?:,|$)/gy,
      (_, key, quoted) => {
        if (key !== undefined && Number(key) !== names.length) throw modelInvalid("class names with a gap");
        names.push(quoted.slice(1, -1).replace(/\\(.)/g, "$1"));
        return "";
      },
    );
  if (rest.trim() !== "") throw modelInvalid("class names that cannot be read");
  return checkClassNames(names);
}

export function checkClassNames(names: readonly string[]): string[] {
  const isName = (name: string): boolean =>
    name.length > 0 && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name);
  if (names.length === 0 || names.length > MAX_CLASSES || !names.every(isName))
    throw modelInvalid("class names that are none, too many or too long");
  return [...names];
}
