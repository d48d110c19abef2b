import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { newUuid, systemClock, systemRandom } from "@gatehouse/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { peerDevice, type Tls } from "./index.ts";
import { connect, DAY_MS, newInstallation, openssl } from "./testing/installation.ts";

let house: Awaited<ReturnType<typeof newInstallation>>;
let tls: Tls;
let file: (name: string) => string;
const deviceId = newUuid(systemClock, systemRandom);
beforeEach(async () => {
  house = await newInstallation();
  tls = await house.open();
  file = (name) => join(house.dataDir, name);
});
afterEach(() => house.remove());

const P256 = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const refused = (field: string) => ({ code: "request.invalid", fields: { field } });

/** What a device does: makes a key and asks for a certificate under any name it likes. */
async function requestFrom(name: string, key: string[], subject = "/CN=somebody-else"): Promise<string> {
  const { ok, output } = await openssl(
    "req",
    "-new",
    "-newkey",
    ...key,
    "-nodes",
    "-subj",
    subject,
    "-keyout",
    file(`${name}.key`),
    "-out",
    file(`${name}.csr`),
  );
  if (!ok) throw new Error(output);
  return readFile(file(`${name}.csr`), "utf8");
}

async function issueTo(name: string, id = deviceId, validDays = 30) {
  const issued = await tls.issueDeviceCertificate({
    deviceId: id,
    key: { csrPem: await requestFrom(name, P256) },
    validDays,
  });
  await writeFile(file(`${name}.crt`), issued.certificatePem);
  return issued;
}

const certificateOf = (name: string) => ["-cert", file(`${name}.crt`), "-key", file(`${name}.key`)];
const greet = (socket: Parameters<typeof peerDevice>[0]) =>
  `you are ${peerDevice(socket)?.deviceId ?? "nobody"}.`;

describe("a device certificate", () => {
  it("passes openssl verify as a client certificate and as nothing else", async () => {
    await issueTo("d");
    const verify = (purpose: string) =>
      openssl("verify", "-x509_strict", "-purpose", purpose, "-CAfile", file("tls/ca.crt"), file("d.crt"));
    expect(await verify("sslclient")).toMatchObject({ ok: true });
    expect(await verify("sslserver")).toMatchObject({ ok: false });
  });

  it("names the device, whatever name the request asked for", async () => {
    const { fingerprint } = await issueTo("d");
    const { output } = await openssl(
      "x509",
      "-in",
      file("d.crt"),
      "-noout",
      "-subject",
      "-ext",
      "subjectAltName",
      "-fingerprint",
      "-sha256",
    );
    expect(output).toContain(`CN = ${deviceId}`);
    expect(output).toContain(`URI:urn:gatehouse:device:${deviceId}`);
    expect(output).not.toContain("somebody-else");
    expect(output.replaceAll(":", "").toLowerCase()).toContain(fingerprint);
  });

  it.each(["-tls1_3", "-tls1_2"])(
    "logs the device in over mqtts (%s)",
    async (version) => {
      await issueTo("d");
      const listener = await house.listen(tls, "mqtts", greet);
      const { output } = await connect(
        listener.port,
        version,
        "-CAfile",
        file("tls/ca.crt"),
        ...certificateOf("d"),
      );
      expect(output).toContain(`you are ${deviceId}.`);
    },
    30_000,
  );

  it("is issued for a bare P-256 or Ed25519 key too", async () => {
    for (const algorithm of [{ name: "ECDSA", namedCurve: "P-256" }, { name: "Ed25519" }]) {
      const { publicKey, privateKey } = (await crypto.subtle.generateKey(algorithm, true, [
        "sign",
        "verify",
      ])) as never;
      const spki = new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
      const { certificatePem } = await tls.issueDeviceCertificate({ deviceId, key: { spki }, validDays: 1 });
      const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", privateKey)).toString("base64");
      await writeFile(file("bare.crt"), certificatePem);
      await writeFile(file("bare.key"), `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`);
      const listener = await house.listen(tls, "mqtts", greet);
      expect((await connect(listener.port, ...certificateOf("bare"))).output).toContain(
        `you are ${deviceId}.`,
      );
    }
  }, 30_000);

  it("comes back with the serial number it was issued with", async () => {
    const { serialNumber } = await issueTo("d");
    const listener = await house.listen(
      tls,
      "mqtts",
      (socket) => `serial ${peerDevice(socket)?.serialNumber}.`,
    );
    expect((await connect(listener.port, ...certificateOf("d"))).output).toContain(`serial ${serialNumber}.`);
  }, 30_000);

  it("is not asked for over https", async () => {
    await issueTo("d");
    const listener = await house.listen(tls, "https", greet);
    expect((await connect(listener.port, ...certificateOf("d"))).output).toContain("you are nobody.");
  }, 30_000);

  it("still names the device when its session is resumed, and only then", async () => {
    await issueTo("d");
    const listener = await house.listen(
      tls,
      "mqtts",
      (socket) => `${greet(socket)} resumed ${socket.isSessionReused()}`,
    );
    const [cert, key] = await Promise.all([readFile(file("d.crt")), readFile(file("d.key"))]);
    const ca = tls.authority.certificatePem;
    const visit = (options: object) =>
      new Promise<{ text: string; session: Buffer }>((resolve, reject) => {
        let session = Buffer.alloc(0);
        let text = "";
        const socket = tlsConnect({ port: listener.port, host: "127.0.0.1", ca, ...options });
        socket.on("session", (ticket) => (session = ticket)).on("data", (chunk) => (text += chunk));
        socket.on("error", reject).on("close", () => resolve({ text, session }));
      });
    const first = await visit({ cert, key });
    expect(await visit({ session: first.session })).toMatchObject({
      text: `you are ${deviceId}. resumed true\n`,
    });
    const stranger = await visit({});
    expect(await visit({ cert, key, session: stranger.session })).toMatchObject({
      text: "you are nobody. resumed true\n",
    });
  }, 30_000);
});

describe("mqtts lets a client in as nobody", () => {
  const visitAs = async (...args: string[]) => {
    const listener = await house.listen(tls, "mqtts", greet);
    return (await connect(listener.port, ...args)).output;
  };

  it("without a certificate", async () => {
    expect(await visitAs()).toContain("you are nobody.");
  }, 30_000);

  it("with an expired certificate", async () => {
    house.time.passedMs = -20 * DAY_MS;
    await issueTo("d", deviceId, 10);
    expect(await visitAs(...certificateOf("d"))).toContain("you are nobody.");
  }, 30_000);

  it("with our own server certificate", async () => {
    expect(await visitAs("-cert", file("tls/server.pem"), "-key", file("tls/server.pem"))).toContain(
      "you are nobody.",
    );
  }, 30_000);

  it("with a self-signed certificate that claims to be the device", async () => {
    const { ok } = await openssl(
      "req",
      "-x509",
      "-newkey",
      ...P256,
      "-nodes",
      "-subj",
      `/CN=${deviceId}`,
      "-days",
      "9",
      "-addext",
      `subjectAltName=URI:urn:gatehouse:device:${deviceId}`,
      "-keyout",
      file("f.key"),
      "-out",
      file("f.crt"),
    );
    expect(ok).toBe(true);
    expect(await visitAs(...certificateOf("f"))).toContain("you are nobody.");
  }, 30_000);

  it("with a certificate of another installation", async () => {
    const other = await newInstallation();
    const csrPem = await requestFrom("o", P256);
    const { certificatePem } = await (await other.open()).issueDeviceCertificate({
      deviceId,
      key: { csrPem },
      validDays: 9,
    });
    await writeFile(file("o.crt"), certificatePem);
    await other.remove();
    expect(await visitAs(...certificateOf("o"))).toContain("you are nobody.");
  }, 30_000);

  it("with a certificate that another device signed", async () => {
    await issueTo("d");
    const csr = await requestFrom("child", P256, `/CN=${deviceId}`);
    expect(csr).toContain("CERTIFICATE REQUEST");
    await writeFile(file("ext"), `subjectAltName=URI:urn:gatehouse:device:${deviceId}\n`);
    const { ok } = await openssl(
      "x509",
      "-req",
      "-in",
      file("child.csr"),
      "-CA",
      file("d.crt"),
      "-CAkey",
      file("d.key"),
      "-CAcreateserial",
      "-extfile",
      file("ext"),
      "-days",
      "9",
      "-out",
      file("child.crt"),
    );
    expect(ok).toBe(true);
    expect(await visitAs(...certificateOf("child"), "-cert_chain", file("d.crt"))).toContain(
      "you are nobody.",
    );
  }, 30_000);
});

describe("a certificate request is refused", () => {
  const issue = (csrPem: string) => tls.issueDeviceCertificate({ deviceId, key: { csrPem }, validDays: 1 });

  it.each([
    ["RSA", ["rsa:2048"]],
    ["P-384", ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]],
    ["explicit curve parameters", [...P256, "-pkeyopt", "ec_param_enc:explicit"]],
  ])(
    "with a key that is %s",
    async (_, key) => {
      await expect(issue(await requestFrom("d", key))).rejects.toMatchObject(refused("publicKey"));
    },
    30_000,
  );

  it("with a point that is not on the curve", async () => {
    const spki = Buffer.from(
      `3059301306072a8648ce3d020106082a8648ce3d03010703420004${"01".repeat(64)}`,
      "hex",
    );
    const request = { deviceId, key: { spki }, validDays: 1 };
    await expect(tls.issueDeviceCertificate(request)).rejects.toMatchObject(refused("publicKey"));
  });

  it("with a signature that is not the key's, or when it cannot be read", async () => {
    const [header, ...lines] = (await requestFrom("d", P256)).trim().split("\n");
    const der = Buffer.from(lines.slice(0, -1).join(""), "base64");
    for (const at of [10, 60, der.length - 1]) {
      const altered = Buffer.from(der);
      altered[at] = (altered[at] as number) ^ 1;
      await expect(issue(`${header}\n${altered.toString("base64")}\n${lines.at(-1)}`)).rejects.toMatchObject({
        code: "request.invalid",
      });
    }
    for (const text of [
      "",
      "hello",
      "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
      "A".repeat(9000),
    ]) {
      await expect(issue(text)).rejects.toMatchObject(refused("csrPem"));
    }
  });

  it.each([0, -1, 1.5, 3651, Number.NaN])("for %s days", async (validDays) => {
    const request = { deviceId, key: { spki: new Uint8Array() }, validDays };
    await expect(tls.issueDeviceCertificate(request)).rejects.toMatchObject(refused("validDays"));
  });

  it("for something that is not a device id", async () => {
    const request = { deviceId: "cellar,CN=admin", key: { spki: new Uint8Array() }, validDays: 1 };
    await expect(tls.issueDeviceCertificate(request)).rejects.toMatchObject(refused("deviceId"));
  });
});
