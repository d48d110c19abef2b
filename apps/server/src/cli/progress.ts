/** Tables as they are done, on the error stream, so that the result stays alone on the other. */
export const showProgress = (json: boolean) => (step: { done: number; total: number; table: string }) => {
  if (!json) process.stderr.write(`  ${step.done + 1}/${step.total} ${step.table}\n`);
};
