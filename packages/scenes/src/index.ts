export type { TrueBox } from "./figure.ts";
export { SCENES, type SceneName } from "./places/index.ts";
export { SceneCamera, type SceneFrame, type SceneOptions } from "./scene-camera.ts";
