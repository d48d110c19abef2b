import { describeDeviceType } from "../conformance.ts";
import { led } from "./index.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(led, vectors);
