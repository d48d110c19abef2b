export { enrolAt, openDevice, until } from "./enrolled.ts";
export { CLAIM_CODE } from "./fake-enrolment.ts";
export { FakeServer, GATEWAY_ID, type Taken } from "./fake-server.ts";
export { memoryStore } from "./memory-store.ts";
