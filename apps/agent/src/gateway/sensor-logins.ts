import { AppError, type Random } from "@gatehouse/base";
import { sameMac, sha256 } from "@gatehouse/secure-channel";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import type { StateFolder } from "../state/state-folder.ts";

const Logins = Type.Record(Type.String({ maxLength: 120 }), Type.String({ pattern: "^[0-9a-f]{64}$" }), {
  maxProperties: 2_000,
});
type Logins = Static<typeof Logins>;

const FILE = "gateway-logins.json";
/** 192 bits: nothing is gained by hashing it slowly. */
const PASSWORD_BYTES = 24;

/**
 * Passwords of plain sensors at this site, made here: by the device's name, as SHA-256. Read from the disk at each
 * login, so that one that was made or taken away a moment ago counts.
 */
export class SensorLogins {
  readonly #state: Pick<StateFolder, "read" | "write">;

  constructor(state: Pick<StateFolder, "read" | "write">) {
    this.#state = state;
  }

  /** A new password, in place of the one before; shown once. */
  async make(name: string, random: Random): Promise<string> {
    const password = Buffer.from(random.bytes(PASSWORD_BYTES)).toString("base64url");
    await this.#save({ ...(await this.#load()), [name]: digest(password) });
    return password;
  }

  /** False when there was none. */
  async remove(name: string): Promise<boolean> {
    const { [name]: removed, ...rest } = await this.#load();
    if (removed === undefined) return false;
    await this.#save(rest);
    return true;
  }

  async isRight(name: string, password: Uint8Array): Promise<boolean> {
    const logins = await this.#load();
    const stored = Object.hasOwn(logins, name) ? logins[name] : undefined;
    const given = Buffer.from(digest(password));
    return sameMac(given, Buffer.from(stored ?? digest(""))) && stored !== undefined;
  }

  async #load(): Promise<Logins> {
    const bytes = await this.#state.read(FILE);
    if (bytes === undefined) return {};
    const stored: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (!Check(Logins, stored)) throw new AppError("secret.unreadable", { file: FILE });
    return stored;
  }

  #save(logins: Logins): Promise<void> {
    return this.#state.write(FILE, Buffer.from(JSON.stringify(logins)));
  }
}

const digest = (password: string | Uint8Array): string =>
  Buffer.from(sha256(Buffer.from(password as string))).toString("hex");
