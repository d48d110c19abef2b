import type { ErrorCode } from "@gatehouse/base";

/** Why one message is not taken: a code of the catalogue. A plain value, because refusing must stay cheap under a flood. */
export class Refused {
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, detail?: string) {
    this.code = code;
    this.detail = detail;
  }
}
