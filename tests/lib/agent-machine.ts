import { runCommand } from "../../apps/agent/src/testing/agent-process.ts";
import type { Gatehouse } from "./gatehouse.ts";

/** What a command of the agent answers a program: its exit code, and the JSON or the words that it says. */
export const jsonOf = async (stateDir: string, args: readonly string[]) => {
  const { code, stdout, stderr } = await runCommand([...args, "--state-dir", stateDir, "--json"]);
  return { code, value: stdout === "" ? stderr : JSON.parse(stdout) };
};

/** A device at the first site, and the code by which a machine claims it. */
export async function claimOf(
  server: Gatehouse,
  name: string,
  typeId: string,
): Promise<{ id: string; code: string }> {
  const { items } = await server.call<{ items: { id: string }[] }>("GET", "/api/v1/sites");
  const { device, claim } = await server.call<{ device: { id: string }; claim: { code: string } }>(
    "POST",
    "/api/v1/devices",
    { name, typeId, siteId: items[0]?.id },
  );
  return { id: device.id, code: claim.code };
}
