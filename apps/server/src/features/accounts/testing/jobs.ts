import type { House } from "./house.ts";

/** Runs the job of that name once, as its schedule would. */
export async function runJob({ accounts }: House, name: string): Promise<void> {
  const job = accounts.jobs?.find((one) => one.name === name);
  if (job === undefined) throw new Error(`no job ${name}`);
  await job.run({}, new AbortController().signal);
}
