export type { TrueBox } from "./figure.ts";
export { SCENES, type SceneName } from "./places/index.ts";
export {
  drawScene,
  prepareScene,
  type SceneCamera,
  type SceneFrame,
  type SceneOptions,
} from "./scene-camera.ts";
