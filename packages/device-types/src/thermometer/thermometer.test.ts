import { describeDeviceType } from "../conformance.ts";
import { thermometer } from "./index.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(thermometer, vectors);
