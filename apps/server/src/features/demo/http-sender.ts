import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { ServerEndpoints } from "./endpoints.ts";

/** Posts one reading to the server's ingest address; answers the HTTP status. */
export function postReading(endpoints: ServerEndpoints, apiKey: string, payload: string): Promise<number> {
  const url = new URL("/api/v1/ingest", endpoints.httpUrl);
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  const options = {
    method: "POST",
    timeout: 10_000,
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(payload),
    },
    ...(endpoints.caPem === undefined ? {} : { ca: endpoints.caPem }),
  };
  return new Promise((resolve, reject) => {
    const request = send(url, options, (reply) => {
      reply.resume();
      reply.on("end", () => resolve(reply.statusCode ?? 0));
    });
    request.on("timeout", () => request.destroy(new Error("no answer within 10 s")));
    request.on("error", reject);
    request.end(payload);
  });
}
