import { AppError } from "@gatehouse/base";
import { type Static, Type } from "typebox";
import { exchange, type TlsTrust } from "../http-exchange.ts";
import { parseJson } from "../json.ts";
import type { Carrier, Receipt } from "./wire.ts";

const PATH = "/api/v1/channel/messages";
const MEDIA_TYPE = "application/vnd.gatehouse.sx";

const HttpAck = Type.Object({
  seq: Type.Optional(Type.Union([Type.Number(), Type.String()])),
  result: Type.Union([Type.Literal("stored"), Type.Literal("duplicate"), Type.Literal("refused")]),
  code: Type.Optional(Type.String({ maxLength: 64 })),
  serverTimeMs: Type.Optional(Type.Number()),
});

const Problem = Type.Object({ code: Type.String({ maxLength: 64 }) });

/** One POST for each single message; nothing can come down this way. */
export const httpCarrier = (settings: { readonly url: string; readonly trust: TlsTrust }): Carrier => ({
  name: "http",
  isTwoWay: false,
  connect: async () => ({
    async send(envelope): Promise<Receipt> {
      const { status, body } = await exchange({
        method: "POST",
        url: new URL(PATH, settings.url).href,
        headers: { "content-type": MEDIA_TYPE },
        body: envelope,
        trust: settings.trust,
      });
      if (status === 200 || status === 201 || status === 202) return receiptOf(parseJson(HttpAck, body));
      return { result: "refused", code: parseJson(Problem, body).code };
    },
    async post() {
      throw new AppError("url.unreachable", { reason: "no sessions over http" });
    },
    close() {},
  }),
});

function receiptOf({ result, code, serverTimeMs }: Static<typeof HttpAck>): Receipt {
  return {
    result,
    ...(code === undefined ? {} : { code }),
    ...(serverTimeMs === undefined ? {} : { serverTimeMs }),
  };
}
