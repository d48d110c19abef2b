import type { CapturedPicture } from "../source.ts";
import { decodeAhead, encodeFragment, type Sample } from "./fragment.ts";
import { encodeInit, TIME_SCALE } from "./init.ts";

const NAL = { slice: 1, key: 5, sequenceSet: 7, pictureSet: 8 } as const;
const typeOf = (nal: Uint8Array): number => (nal[0] as number) & 0x1f;

/** What a fragment has beside its pictures, at most, and for each. */
const HEAD_BYTES = 256;
const ROW_BYTES = 16;
/** A minute at 60 a second, as validation has it. */
const MAX_PICTURES = 3_600;
const MAX_SETS = 8;
/** A camera that sets its clock is no pause of the film. */
const LONGEST_STEP = 30 * TIME_SCALE;
const NOMINAL_STEP = TIME_SCALE / 25;
/** Room for what is decoded before it is shown. */
const BEGIN_AT = 10 * TIME_SCALE;

export interface PackagerEvents {
  onPicture(this: void, picture: CapturedPicture): void;
  /** A fragment ends before its end: there are more bytes than may be. */
  onTooLarge(this: void): void;
}

/**
 * Makes fragments of the pictures of a stream, each from a key frame up to before the next, with their initialisation before the
 * first and whenever the camera changes it. What is no picture (messages, filler) is left out.
 */
export class H264Packager {
  readonly #maxBytes: number;
  readonly #events: PackagerEvents;
  #sps: Uint8Array | undefined;
  readonly #pps = new Map<string, Uint8Array>();
  #samples: Sample[] = [];
  #bytes = 0;
  /** Until the next key frame nothing fits what was shown before. */
  #isWaiting = true;
  #init: Uint8Array | undefined;
  #sequence = 0;
  #ahead = 0;
  #rtpTime: number | undefined;
  #clock = BEGIN_AT;

  constructor(parameterSets: readonly Uint8Array[], maxBytes: number, events: PackagerEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
    for (const nal of parameterSets) this.#takeSet(nal);
  }

  push(unit: { readonly rtpTime: number; readonly nals: readonly Uint8Array[] }): void {
    const slices = unit.nals.filter((nal) => typeOf(nal) === NAL.slice || typeOf(nal) === NAL.key);
    const showAt = this.#timeOf(unit.rtpTime);
    const isKey = slices.some((nal) => typeOf(nal) === NAL.key);
    if (isKey) this.#finish(showAt);
    for (const nal of unit.nals) this.#takeSet(nal);
    if (slices.length === 0) return;
    if (isKey) this.#isWaiting = false;
    if (this.#isWaiting) return;
    const bytes = slices.reduce((sum, { length }) => sum + 4 + length, ROW_BYTES);
    if (this.#bytes + bytes > this.#maxBytes - HEAD_BYTES || this.#samples.length === MAX_PICTURES) {
      this.#isWaiting = true;
      this.#events.onTooLarge();
      return;
    }
    this.#bytes += bytes;
    this.#samples.push({ nals: slices, showAt });
  }

  /** A picture is missing: those up to the next key frame would show what never was. */
  lost(): void {
    this.#isWaiting = true;
  }

  #finish(endsAt: number): void {
    const samples = this.#samples;
    this.#samples = [];
    this.#bytes = 0;
    if (samples.length === 0) return;
    this.#giveInit();
    if (this.#init === undefined) return;
    this.#ahead = Math.max(this.#ahead, decodeAhead(samples));
    const bytes = encodeFragment(this.#sequence++, samples, { endsAt, ahead: this.#ahead });
    const durationMs = Math.round(((endsAt - (samples[0] as Sample).showAt) * 1_000) / TIME_SCALE);
    this.#events.onPicture({ kind: "h264-fragment", bytes, pictures: samples.length, durationMs });
  }

  #giveInit(): void {
    if (this.#sps === undefined) return;
    const init = encodeInit({ sps: this.#sps, pps: [...this.#pps.values()] });
    if (init === undefined || (this.#init !== undefined && Buffer.compare(init, this.#init) === 0)) return;
    this.#init = init;
    this.#events.onPicture({ kind: "h264-init", bytes: init });
  }

  /** Of one picture parameter set there is the newest; a new sequence parameter set ends those of the one before. */
  #takeSet(nal: Uint8Array): void {
    const type = typeOf(nal);
    if (type === NAL.sequenceSet) {
      if (this.#sps !== undefined && Buffer.compare(nal, this.#sps) !== 0) this.#pps.clear();
      this.#sps = nal;
    }
    if (type === NAL.pictureSet && nal.length > 1) {
      // The first bits are its number (ue(v)); one byte tells the few apart that cameras send.
      const number = String((nal[1] as number) & 0xf0);
      if (this.#pps.has(number) || this.#pps.size < MAX_SETS) this.#pps.set(number, nal);
    }
  }

  /** RTP's 32 bits as a time that goes on; pictures may come in another order than they are shown. */
  #timeOf(rtpTime: number): number {
    const step = this.#rtpTime === undefined ? 0 : (rtpTime - this.#rtpTime) | 0;
    this.#rtpTime = rtpTime;
    this.#clock += Math.abs(step) > LONGEST_STEP ? NOMINAL_STEP : step;
    return this.#clock;
  }
}
