import { AppError, type Clock, type ErrorCode, isAppError } from "@gatehouse/base";
import type { Reading } from "@gatehouse/contract";
import type { TenantRates } from "./counters.ts";
import type { Intake } from "./intake.ts";
import { type CarriedReading, CONTENT, type ControlDesk, readOpened, type Said } from "./opened-content.ts";
import type {
  CameraDesk,
  ChannelLink,
  ClipDesk,
  CommandSource,
  DeviceAuthenticator,
  DeviceLogSink,
  DeviceSettingsDesk,
  DeviceWitnessDesk,
  FrameDesk,
  GatewaySettings,
  OpenedMessage,
  SecureChannel,
  SiteGatewayDesk,
} from "./ports.ts";
import { type Source, sourceOf, toReading } from "./readings.ts";
import type { Refusals, RefusedBy } from "./refusals.ts";
import { Refused } from "./refused.ts";
import { type Sample, type TimeWindow, timeWindow } from "./samples.ts";

export interface EnvelopeParts {
  readonly clock: Clock;
  readonly channel: SecureChannel;
  readonly authenticator: Pick<DeviceAuthenticator, "find">;
  readonly intake: Intake;
  readonly refusals: Refusals;
  readonly accepted: TenantRates;
  readonly settings: GatewaySettings;
  readonly deviceLog: DeviceLogSink;
  readonly commands: Pick<CommandSource, "answered">;
  readonly siteGateways: SiteGatewayDesk;
  readonly deviceSettings: DeviceSettingsDesk;
  readonly witnesses: DeviceWitnessDesk;
  readonly cameras: CameraDesk;
  readonly clips: ClipDesk;
  readonly frames: FrameDesk;
}

/** What became of one frame. */
export type Outcome =
  /** To be sent to the peer at once: the answer to a HELLO, or to a change of keys. */
  | ({ readonly result: "answer"; readonly frame: Uint8Array } & Owner)
  | ({ readonly result: "stored" } & Owner)
  | ({ readonly result: "duplicate" } & Owner)
  /** A camera's frame, taken or (`code`) not: nobody waits for a word about each. */
  | ({ readonly result: "frame"; readonly code: ErrorCode | undefined } & Owner)
  /** Counted; sending it again would not help. The owner is known when it is proven who sent it. */
  | ({ readonly result: "refused"; readonly refused: Refused } & Partial<Owner>);

interface Owner {
  readonly tenantId: string;
  readonly deviceId: string;
}

/**
 * What is done with a frame of the secure channel, whichever way it came: opened, its content checked as a plain
 * message's is, its effect committed together with the mark that it was taken.
 */
export class Envelopes {
  readonly #parts: EnvelopeParts;

  constructor(parts: EnvelopeParts) {
    this.#parts = parts;
  }

  /** Resolves after the commit. Throws what time may mend (`server.busy`, `database.unavailable`): not to be acknowledged. */
  async take(link: ChannelLink, frame: Uint8Array, by: RefusedBy): Promise<Outcome> {
    let received: ReturnType<ChannelLink["receive"]>;
    try {
      received = link.receive(frame);
    } catch (error) {
      if (!isAppError(error, "envelope.refused")) throw error;
      return this.#refuse(new Refused(this.#parts.channel.reasonOf(error)), by);
    }
    if (received.kind === "message") return this.#act(link, received.message, by);
    const { tenantId, deviceId } = received;
    const owner = { tenantId, deviceId };
    if (received.kind === "answer") return { result: "answer", frame: received.frame, ...owner };
    if (received.kind === "refused") return this.#refuseNamed(received, { ...by, ...owner });
    return this.#duplicate(owner, received.isStored, by);
  }

  /** For each link, when its connection is over. */
  end(link: ChannelLink): void {
    this.#parts.frames.end(link);
    link.end();
  }

  async #duplicate(owner: Owner, isStored: true | Promise<boolean>, by: RefusedBy): Promise<Outcome> {
    if (!(await isStored)) throw new AppError("server.busy");
    // Whoever recorded it can repeat it, and so does a device that did not hear our answer.
    this.#refuse(new Refused("envelope.replayed"), { ...by, ...owner, unproven: true });
    return { result: "duplicate", ...owner };
  }

  #refuseNamed({ code, isProven }: { code: ErrorCode; isProven: boolean }, by: RefusedBy): Outcome {
    const refused = new Refused(code);
    if (isProven) return this.#refuse(refused, by);
    this.#refuse(refused, { ...by, unproven: true });
    return { result: "refused", refused };
  }

  async #act(link: ChannelLink, message: OpenedMessage, by: RefusedBy): Promise<Outcome> {
    const { deviceId, tenantId } = message;
    const owner = { tenantId, deviceId };
    if (message.contentType === CONTENT.frame && message.marks.length === 0) {
      const code = this.#parts.frames.take(link, message, by);
      message.settle(true);
      return { result: "frame", code, ...owner };
    }
    let isStored = false;
    try {
      const refused = await this.#effect(link, message);
      isStored = true;
      if (refused === undefined) this.#parts.accepted.add(tenantId);
      if (refused instanceof Refused) return this.#refuse(refused, { ...by, ...owner });
      return refused === undefined
        ? { result: "stored", ...owner }
        : { result: "answer", frame: refused, ...owner };
    } finally {
      message.settle(isStored);
    }
  }

  /** Undefined: done. Bytes: done, and this is the answer. Whatever is returned, the message counts as taken. */
  async #effect(link: ChannelLink, message: OpenedMessage): Promise<Refused | Uint8Array | undefined> {
    const { channel, clock, settings, authenticator } = this.#parts;
    const { deviceId, tenantId, marks } = message;
    if (message.contentType === CONTENT.clip) return this.#clip(message);
    const window = timeWindow(clock.nowMs(), settings.get(tenantId).maxTimestampPastDays);
    const said = readOpened(message.contentType, message.payload, window);
    if (said instanceof Refused) return this.#taken(message, said);
    if (said.kind === "keys") {
      const answer = await channel.takeKeys(message).catch(refusedByCaller);
      if (answer instanceof Refused) return this.#taken(message, answer);
      return link.seal(deviceId, "keys", answer);
    }
    if (said.kind === "samples") {
      const device = await authenticator.find(deviceId);
      if (device === undefined) return this.#taken(message, new Refused("device.revoked"));
      return this.#store(sourceOf(device), message, said.samples, window.receivedMs);
    }
    if (said.kind === "meter") return this.#meter(message, window);
    if (said.kind === "carried") return this.#carried(message, said.readings, window.receivedMs);
    if (said.kind === "control") {
      const code = await this.#control(said.desk, { tenantId, deviceId }, said.value);
      if (code !== undefined) return this.#taken(message, new Refused(code, "control"));
    } else await this.#say(said, message);
    // Command answers change nothing a second time; lines of a log carry their marks themselves.
    if (said.kind !== "lines") await channel.takeMarks(marks);
    return undefined;
  }

  /** A piece of a recording comes in a session: sealed singly it could come twice, or after others. */
  async #clip(message: OpenedMessage): Promise<Refused | undefined> {
    const isInSession = message.marks.length === 0;
    const code = isInSession ? await this.#parts.clips.piece(message, message.payload) : "message.schema";
    return code === undefined ? undefined : this.#taken(message, new Refused(code, "clip"));
  }

  #control(desk: ControlDesk, device: Owner, value: unknown): Promise<ErrorCode | undefined> {
    const { siteGateways, deviceSettings, witnesses, cameras } = this.#parts;
    if (desk === "settings") return deviceSettings.reported(device, value);
    if (desk === "camera") return cameras.said(device, value);
    return desk === "witness" ? witnesses.said(device, value) : siteGateways.control(device, value);
  }

  /** Only what the meter itself signed is a reading of it. */
  async #meter(message: OpenedMessage, window: TimeWindow): Promise<Refused | undefined> {
    const { authenticator, siteGateways } = this.#parts;
    const { signed, marks } = message;
    if (signed === undefined) return this.#taken(message, new Refused("message.schema", "not signed"));
    const device = await authenticator.find(message.deviceId);
    if (device === undefined) return this.#taken(message, new Refused("device.revoked"));
    const source = sourceOf(device);
    let refused: Refused | undefined;
    let isMarked = false;
    const code = await siteGateways.meterReading({ ...message, signed }, async (measured) => {
      const { tsMs, values, original } = measured;
      const isTimely = tsMs >= window.oldestMs && tsMs <= window.newestMs;
      // A meter without a clock says when it read by its arrival.
      const sample = { tsMs: isTimely ? tsMs : window.receivedMs, values };
      const reading = toReading(source, sample, window.receivedMs);
      refused =
        reading instanceof Refused ? reading : await this.#submit({ ...reading, sealed: marks, original });
      isMarked = refused === undefined;
      return refused?.code;
    });
    if (code === undefined && !isMarked) await this.#parts.channel.takeMarks(marks);
    return code === undefined ? undefined : this.#taken(message, refused ?? new Refused(code));
  }

  /** A gateway's own statements about plain sensors at its site. */
  async #carried(
    message: OpenedMessage,
    carried: readonly (CarriedReading | Refused)[],
    receivedMs: number,
  ): Promise<Refused | undefined> {
    const readings = await Promise.all(
      carried.map((one) =>
        one instanceof Refused ? one : this.#carriedReading(message, one, receivedMs, carried.length),
      ),
    );
    return this.#keep(readings, message);
  }

  async #carriedReading(
    gateway: OpenedMessage,
    { deviceId, sample }: CarriedReading,
    receivedMs: number,
    of: number,
  ): Promise<Reading | Refused> {
    if (!countsOnce(sample, gateway, of)) return UNTIMED;
    const { siteGateways, authenticator, channel } = this.#parts;
    const device = siteGateways.isAssigned(gateway.deviceId, deviceId)
      ? await authenticator.find(deviceId)
      : undefined;
    if (device === undefined || device.tenantId !== gateway.tenantId)
      return new Refused("message.topic_forbidden", "not assigned to this gateway");
    // Whoever must speak for itself is not spoken for.
    if (channel.isRequired(device)) return new Refused("channel.required", device.name);
    return toReading(sourceOf(device), sample, receivedMs);
  }

  async #say(
    said: Extract<Said, { kind: "nothing" | "lines" | "answer" }>,
    message: OpenedMessage,
  ): Promise<void> {
    const { commands, deviceLog } = this.#parts;
    const { tenantId, deviceId, marks } = message;
    if (said.kind === "lines") await deviceLog.append({ tenantId, deviceId }, said.lines, marks);
    else if (said.kind === "answer")
      await commands.answered(deviceId, said.answer.id, said.answer.ok, said.answer.reason);
  }

  #store(
    source: Source,
    message: OpenedMessage,
    samples: readonly (Sample | Refused)[],
    receivedMs: number,
  ): Promise<Refused | undefined> {
    const readings = samples.map((sample) => {
      if (sample instanceof Refused) return sample;
      return countsOnce(sample, message, samples.length) ? toReading(source, sample, receivedMs) : UNTIMED;
    });
    return this.#keep(readings, message);
  }

  /**
   * All readings of the message. A single one carries the marks into its transaction. Of several, some may fail for
   * now, and then the message must be taken again: it is marked when all are stored, and those that were are known
   * by their time (`countsOnce`). The first refusal is the message's.
   */
  async #keep(
    readings: readonly (Reading | Refused)[],
    { marks }: OpenedMessage,
  ): Promise<Refused | undefined> {
    const [only] = readings;
    if (readings.length === 1 && only !== undefined && !(only instanceof Refused)) {
      const refused = await this.#submit({ ...only, sealed: marks });
      if (refused !== undefined) await this.#parts.channel.takeMarks(marks);
      return refused;
    }
    const results = await Promise.all(
      readings.map((reading) => (reading instanceof Refused ? reading : this.#submit(reading))),
    );
    await this.#parts.channel.takeMarks(marks);
    return results.find((result) => result instanceof Refused);
  }

  #submit(reading: Parameters<Intake["submit"]>[0]): Promise<Refused | undefined> {
    return new Promise((resolve, reject) =>
      this.#parts.intake.submit(reading, (error) => {
        if (error === undefined) resolve(undefined);
        else if (error.row.fault === "caller") resolve(new Refused(error.code));
        else reject(error);
      }),
    );
  }

  async #taken({ marks }: OpenedMessage, refused: Refused): Promise<Refused> {
    await this.#parts.channel.takeMarks(marks);
    return refused;
  }

  #refuse(refused: Refused, by: RefusedBy): Outcome {
    this.#parts.refusals.add(refused, by);
    const { tenantId, deviceId } = by;
    const isOwned = tenantId !== undefined && deviceId !== undefined;
    return { result: "refused", refused, ...(isOwned ? { tenantId, deviceId } : {}) };
  }
}

const UNTIMED = new Refused("message.timestamp", "of several readings in a sealed message each needs its ts");

/**
 * Whether a reading stays one when its message is taken again after a crash. The only reading of a sealed message is
 * written together with the mark; of several, each is known by its own time.
 */
const countsOnce = ({ untimed }: Sample, { marks }: OpenedMessage, of: number): boolean =>
  untimed === undefined || of === 1 || marks.length === 0;

/** What is wrong with the message itself would be wrong again; anything else is thrown on. */
function refusedByCaller(error: unknown): Refused {
  if (isAppError(error) && error.row.fault === "caller") return new Refused(error.code);
  throw error;
}

/** What a sender is told of a refusal: why a frame was not authentic or fresh stays with us. */
export const toldCode = ({ code }: Refused): ErrorCode =>
  code.startsWith("envelope.") ? "envelope.refused" : code;
