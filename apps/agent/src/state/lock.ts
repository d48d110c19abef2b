import { stat } from "node:fs/promises";
import { createServer } from "node:net";
import { AppError } from "@gatehouse/base";

/**
 * One agent at a time on a state folder: two would use the same sequences. Held as an abstract socket (unix(7)), which
 * the kernel gives to one process and takes back however that process ends, so there is never a stale one.
 * Refuses `agent.already_running`.
 */
export async function lockState(path: string): Promise<{ release(): Promise<void> }> {
  const { dev, ino } = await stat(path);
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === "EADDRINUSE"
          ? new AppError("agent.already_running", { stateDir: path }, { cause })
          : cause,
      ),
    );
    server.listen(`\0gatehouse-agent/${dev}/${ino}`, resolve);
  });
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}
