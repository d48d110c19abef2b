import { describeDeviceType } from "../conformance.ts";
import { plug } from "./index.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(plug, vectors);
