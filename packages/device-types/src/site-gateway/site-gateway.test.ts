import { describeDeviceType } from "../conformance.ts";
import { siteGateway } from "./index.ts";
import { vectors } from "./vectors.ts";

describeDeviceType(siteGateway, vectors);
