import { describeDeviceType } from "../conformance.ts";
import { camera } from "./index.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(camera, vectors);
