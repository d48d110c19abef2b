/** How many times longer a test waits than on an ordinary machine: 1, more where another processor is emulated (tools/arm64.ts). */
export const PATIENCE = Math.max(1, Number(process.env.TEST_PATIENCE) || 1);

/** @param ms what an ordinary machine is given */
export const patient = (ms: number): number => ms * PATIENCE;
