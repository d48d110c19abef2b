import { describeDeviceType } from "../conformance.ts";
import { generic } from "./index.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(generic, vectors);
