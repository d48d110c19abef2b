/** What meters sign and how a simulated one counts; apart from the catalogue, which the console carries too. */
export {
  encodeMeterReading,
  hasFlag,
  MAX_DIGITS,
  METER_FLAGS,
  type MeterReading,
  parseMeterReading,
  readAtMs,
} from "./meter/reading.ts";
export {
  type MeterOptions,
  type RegisterState,
  type SimulatedRegister,
  simulateRegister,
} from "./meter/register.ts";
