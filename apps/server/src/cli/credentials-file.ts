import { readTextFile } from "./read-text-file.ts";
import { UsageError } from "./usage-error.ts";

interface DeviceCredential {
  readonly name: string;
  readonly typeId: string;
  readonly apiKey: string;
}

/** One JSON value a line, as `gatehouse device add … --json` prints them; fails with the number of a line that is not one. */
export async function readCredentials(path: string | undefined): Promise<DeviceCredential[]> {
  if (path === undefined)
    throw new UsageError({
      usage:
        "gatehouse simulate FILE --server URL, FILE holds the lines of `gatehouse device add NAME --json`",
    });
  const lines = (await readTextFile(path)).split("\n").filter((line) => line.trim() !== "");
  return lines.map((line, index) => {
    try {
      const { device, key } = JSON.parse(line) as {
        device: { name: string; typeId: string };
        key: { apiKey: string };
      };
      return { name: device.name, typeId: device.typeId, apiKey: key.apiKey };
    } catch (cause) {
      throw new UsageError({ file: path, line: index + 1 }, { cause });
    }
  });
}
