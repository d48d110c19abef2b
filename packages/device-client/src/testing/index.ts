export { enrolAt, openDevice, until } from "./enrolled.ts";
export { CLAIM_CODE } from "./fake-enrolment.ts";
export type { Taken } from "./fake-messages.ts";
export { FakeServer, GATEWAY_ID } from "./fake-server.ts";
export { memoryStore } from "./memory-store.ts";
