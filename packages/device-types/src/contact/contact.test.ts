import { describeDeviceType } from "../conformance.ts";
import { contact } from "./index.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(contact, vectors);
