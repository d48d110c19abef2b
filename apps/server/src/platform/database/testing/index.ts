export { describeSchema } from "./describe-schema.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
