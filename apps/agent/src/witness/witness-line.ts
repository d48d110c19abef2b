import type { Logger } from "@gatehouse/base";
import type { DeviceChannel } from "@gatehouse/device-client";
import { CONTENT_TYPES } from "@gatehouse/secure-channel";
import { Check } from "typebox/value";
import type { TimeKeeper } from "../run/time-keeper.ts";
import { faultOf } from "../sensors/files.ts";
import { LogWitness, type LogWitnessParts } from "./log-witness.ts";
import { WitnessRequest, type WitnessWord } from "./messages.ts";

export interface WitnessLineParts {
  readonly channel: Pick<DeviceChannel, "send" | "isConnected">;
  readonly time: TimeKeeper;
  readonly log: Logger;
  /** Over a carrier that brings nothing down, nobody can ask. */
  readonly isTwoWay: boolean;
}

/** Between the witness and the server: says whether it may be asked, takes one request at a time, answers it. */
export class WitnessLine {
  readonly #parts: WitnessLineParts;
  /** Undefined when what it kept cannot be read: then it cosigns nothing. */
  readonly #witness: LogWitness | undefined;
  #isOn = false;
  #isBusy = false;

  private constructor(parts: WitnessLineParts, witness: LogWitness | undefined) {
    this.#parts = parts;
    this.#witness = witness;
  }

  static async open(parts: WitnessLineParts, own: LogWitnessParts): Promise<WitnessLine> {
    const witness = await LogWitness.open(own).catch((error: unknown) => {
      parts.log.error({ reason: faultOf(error) }, "witness.not_loaded");
      return undefined;
    });
    return new WitnessLine(parts, witness);
  }

  get status(): object {
    if (this.#witness === undefined) return { witness: "damaged: see witness.not_loaded in the log" };
    if (!this.#parts.isTwoWay) return { witness: "off: nothing comes down over http" };
    return { ...this.#witness.status, ...(this.#isOn ? {} : { witness: "off" }) };
  }

  setOn(isOn: boolean): void {
    if (this.#isOn === isOn) return;
    this.#isOn = isOn;
    if (this.#parts.channel.isConnected) this.connected();
  }

  connected(): void {
    const isAskable = this.#isOn && this.#parts.isTwoWay && this.#witness !== undefined;
    void this.#say(isAskable ? (this.#witness as LogWitness).ready : { kind: "witness", say: "off" });
  }

  /** False when the message is none for a witness. */
  take(payload: Uint8Array): boolean {
    const request = jsonOf(payload);
    if (!Check(WitnessRequest, request)) return false;
    void this.#answer(request);
    return true;
  }

  async #answer(request: WitnessRequest): Promise<void> {
    if (!this.#isOn || this.#witness === undefined || this.#isBusy) return;
    this.#isBusy = true;
    const word = await this.#consider(request, this.#witness);
    // Not busy while the answer is on its way: the server may ask again as soon as it has it.
    this.#isBusy = false;
    if (word !== undefined) await this.#say(word);
  }

  async #consider(request: WitnessRequest, witness: LogWitness): Promise<WitnessWord | undefined> {
    try {
      return await witness.consider(request);
    } catch (error) {
      this.#parts.log.error({ reason: faultOf(error) }, "witness.failed");
      return undefined;
    }
  }

  /** Not kept for later: the server asks again. */
  async #say(word: WitnessWord): Promise<void> {
    const { channel, time, log } = this.#parts;
    try {
      const { result, code } = await channel.send({
        contentType: CONTENT_TYPES.control,
        payload: Buffer.from(JSON.stringify(word)),
        sentMs: time.isClockSet ? time.serverNowMs() : 0,
      });
      if (result === "refused") log.warn({ code }, "witness.answer_refused");
    } catch (error) {
      log.debug({ reason: faultOf(error) }, "witness.answer_lost");
    }
  }
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
}
