import { describeDeviceType } from "../conformance.ts";
import { linuxAgent } from "./index.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(linuxAgent, vectors);
