import { AppError, type ErrorCode, type Uuid } from "@gatehouse/base";
import type { gateways, Reading } from "@gatehouse/contract";
import {
  hasFlag,
  METER_FLAGS,
  type MeterReading,
  parseMeterReading,
  readAtMs,
} from "@gatehouse/device-types/meter-reading";
import type { PoolClient } from "pg";
import type { SiteGatewayContext } from "./context.ts";
import { fitsBetween, METER_TYPE } from "./model.ts";
import type { MeterSample, SignedMessage } from "./ports.ts";
import { insertSigned, type SignedRow, SignedStore } from "./signed-store.ts";

/** Of the header and the signature, before the payload. */
const SIGNED_BEFORE_PAYLOAD_BYTES = 112;

type Submit = (reading: MeterSample) => Promise<ErrorCode | undefined>;

/** Readings as meters sign them: checked against what the meter signed before, kept beside their history. */
export class SignedReadings {
  readonly #context: SiteGatewayContext;
  /** The reading of each meter that is being stored. */
  readonly #turns = new Map<Uuid, Promise<unknown>>();

  constructor(context: SiteGatewayContext) {
    this.#context = context;
  }

  /** One after the other for each meter, so that each is judged by those before it. */
  take(message: SignedMessage, submit: Submit): Promise<ErrorCode | undefined> {
    const { deviceId } = message;
    const before = this.#turns.get(deviceId) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.#take(message, submit));
    this.#turns.set(deviceId, mine);
    const forget = (): void => {
      if (this.#turns.get(deviceId) === mine) this.#turns.delete(deviceId);
    };
    mine.then(forget, forget);
    return mine;
  }

  /** Inside the transaction that makes history of these readings, or keeps them apart. */
  async write(client: PoolClient, readings: readonly Reading[]): Promise<void> {
    await insertSigned(
      client,
      readings.map((reading) => ({ reading, said: saidIn(reading) as MeterReading })),
    );
  }

  /** The round that a stored reading answers. */
  roundOf(reading: Reading): Uuid | undefined {
    return reading.original === undefined ? undefined : saidIn(reading)?.request;
  }

  async list(
    tenantId: Uuid,
    deviceId: Uuid,
    page: { readonly beforeId?: number | undefined; readonly limit: number },
  ): Promise<{ items: gateways.SignedReading[]; next?: string }> {
    if (this.#context.devices.find(deviceId)?.tenantId !== tenantId) throw new AppError("device.not_found");
    const rows = await new SignedStore(this.#context.db, tenantId).list(deviceId, page);
    const last = rows.at(-1);
    return {
      items: rows.map(viewSigned),
      ...(last === undefined || rows.length < page.limit ? {} : { next: String(last.id) }),
    };
  }

  async #take(message: SignedMessage, submit: Submit): Promise<ErrorCode | undefined> {
    const { tenantId, deviceId, senderKeyId, payload, signed } = message;
    const said = parseMeterReading(payload);
    if (said === undefined || this.#context.devices.find(deviceId)?.typeId !== METER_TYPE)
      return "message.schema";
    const store = new SignedStore(this.#context.db, tenantId);
    const { before, same, after } = await store.neighbours(deviceId, said.serial, said.n);
    if (same !== undefined) {
      // Sent again for want of an acknowledgement, in a new envelope: what it says is stored.
      const stored = same.signed.subarray(SIGNED_BEFORE_PAYLOAD_BYTES);
      return Buffer.compare(stored, payload) === 0 ? undefined : "meter.contradiction";
    }
    if (!fitsBetween(said, before, after)) return "meter.contradiction";
    return submit(sampleOf(said, { keyId: senderKeyId, bytes: signed }));
  }
}

function saidIn({ original }: Reading): MeterReading | undefined {
  return original && parseMeterReading(original.bytes.subarray(SIGNED_BEFORE_PAYLOAD_BYTES));
}

function sampleOf(said: MeterReading, original: MeterSample["original"]): MeterSample {
  const fedIn = said.registers["2.8.0"];
  return {
    // A meter whose clock was never set says nothing by it.
    tsMs: hasFlag(said, "clockUnset") ? 0 : readAtMs(said),
    values: {
      energy: said.registers["1.8.0"] / 1_000,
      ...(fedIn === undefined ? {} : { energyOut: fedIn / 1_000 }),
      tamper: hasFlag(said, "tamper"),
      serial: said.serial,
    },
    original,
  };
}

const FLAG_NAMES = Object.keys(METER_FLAGS) as (keyof typeof METER_FLAGS)[];

const viewSigned = ({ flags, signed, meterReadId, id: _id, ...row }: SignedRow): gateways.SignedReading => ({
  ...row,
  flags: FLAG_NAMES.filter((name) => (flags & METER_FLAGS[name]) !== 0),
  ...(meterReadId === undefined ? {} : { meterReadId }),
  signed: Buffer.from(signed).toString("base64url"),
});
