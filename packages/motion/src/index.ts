export {
  type EventChange,
  EventMachine,
  LONGEST_EVENT_MS,
  type MotionEvent,
} from "./event-machine.ts";
export { type GateSettings, type Look, MotionGate } from "./gate.ts";
export { COLUMNS, LUMA_HEIGHT, LUMA_WIDTH, ROWS } from "./grid.ts";
export { strengthDigit } from "./strength.ts";
export { type MotionZone, zonesAt } from "./zones.ts";
