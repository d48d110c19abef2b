import { signWebhook } from "../../../platform/secrets/index.ts";
import { exchange, outcomeOf } from "./http-exchange.ts";
import { machineMessage, withPicture } from "./machine-message.ts";
import type { NotifierPlugin } from "./notifier-plugin.ts";
import { refuseChannel } from "./refuse.ts";

const MIN_SECRET = 16;

/** JSON to any address, with a signature over time and body, and the same key for every attempt. */
export const webhook: NotifierPlugin<"webhook"> = {
  kind: "webhook",
  takesPicture: true,
  secretFields: ["secret"],
  check({ secret }) {
    if (secret.length < MIN_SECRET)
      refuseChannel("secret", `at least ${MIN_SECRET} characters, for the signature`);
  },
  target: ({ url }) => url,
  recipients: ({ url }) => {
    const { host, pathname } = new URL(url);
    return [host + pathname];
  },
  render: machineMessage,
  async send({ secret, url }, { id, body: text, picture }, context) {
    const body = withPicture(text, picture);
    return outcomeOf(
      await exchange(
        url,
        {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "idempotency-key": id,
            "gatehouse-signature": signWebhook(secret, body, context.nowMs),
          },
          body,
        },
        context,
      ),
    );
  },
};
