export { describeSchema } from "./describe-schema.ts";
export { createTestDatabase, endKilled, type TestDatabase } from "./test-database.ts";
