import { isAppError, systemRandom } from "@gatehouse/base";
import {
  agreementProof,
  encodeTranscript,
  generateKeyBundle,
  SUITE_IDS,
  signTranscript,
} from "@gatehouse/secure-channel";
import { type Attack, given } from "../attack.ts";
import { standBetween } from "../site/between.ts";
import { enrolAt } from "../site/device.ts";

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const bytesOf = (text: unknown, encoding: "base64url" | "hex"): Uint8Array =>
  Buffer.from(String(text), encoding);

export const keySubstitution: Attack = {
  name: "key-substitution",
  control: "claimProof",
  texts: {
    en: {
      title: "Exchange the keys at enrolment",
      what: "Somebody between a new device and the server puts keys of his own in the place of the device's while it enrols. He proves that he holds them, but does not know the claim code.",
      steps: [
        "Stand between device and server",
        "Exchange the keys in the enrolment",
        "See whose keys the server knows",
      ],
      control: "Proof of the claim code",
      measured: "The server has stored the attacker's keys as the device's.",
    },
    fr: {
      title: "Échanger les clés à l’enrôlement",
      what: "Quelqu’un entre un nouvel appareil et le serveur met ses propres clés à la place de celles de l’appareil pendant l’enrôlement. Il prouve qu’il les détient, mais ne connaît pas le code d’enrôlement.",
      steps: [
        "Se placer entre l’appareil et le serveur",
        "Échanger les clés dans l’enrôlement",
        "Regarder quelles clés le serveur connaît",
      ],
      control: "Preuve du code d’enrôlement",
      measured: "Le serveur a enregistré les clés de l’attaquant comme celles de l’appareil.",
    },
  },
  async run(site, report) {
    const device = await site.addDevice("thermometer");
    const keys = generateKeyBundle(SUITE_IDS.M1, systemRandom);
    let serverKey = { keyId: "", agreementKey: "" };
    let answer = "";
    report.step(0);
    const middle = await standBetween(site.url, async ({ path, body, forward }) => {
      if (path.endsWith("/challenge")) {
        const reply = await forward();
        serverKey = (reply.body as { server: typeof serverKey }).server;
        return reply;
      }
      report.step(1);
      const transcript = encodeTranscript({
        suite: SUITE_IDS.M1,
        claimId: bytesOf(body.claimId, "hex"),
        nonce: bytesOf(body.nonce, "base64url"),
        agreementKey: keys.agreement.raw,
        signingKey: keys.signing.raw,
        serverKeyId: serverKey.keyId,
      });
      const agreement = agreementProof(keys, bytesOf(serverKey.agreementKey, "base64url"), transcript);
      report.attacker(`POST /api/v1/enrol with key ${keys.keyId} in place of the device's`);
      const reply = await forward({
        ...body,
        agreementKey: base64url(keys.agreement.raw),
        signingKey: base64url(keys.signing.raw),
        proof: {
          signature: base64url(signTranscript(keys, transcript)),
          agreement: base64url(agreement ?? new Uint8Array(32)),
        },
      });
      answer = `${reply.status} ${(reply.body as { code?: string }).code ?? "enrolled"}`;
      report.site(answer);
      return reply;
    });
    const told = await enrolAt(middle.url, device.claimCode, SUITE_IDS.M1)
      .then(() => "enrolled")
      .catch((error: unknown) => (isAppError(error) ? error.code : String(error)));
    await middle.close();
    report.site(`the device: ${told}`);
    given(answer !== "", "an enrolment gets as far as the server");
    report.step(2);
    const path = `/api/v1/devices/${device.id}/security`;
    const known = (await site.call<{ keys: { keyId: string }[] }>("GET", path)).keys.map(
      ({ keyId }) => keyId,
    );
    report.site(`knows ${known.join(", ") || "no key"}`);
    return { succeeded: known.includes(keys.keyId), evidence: { answer, device: told, keys: known.length } };
  },
};
