import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Logger, Secret, silentLogger, systemRandom } from "@gatehouse/base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { groupFingerprint } from "./index.ts";
import { connect, DAY_MS, newInstallation, openssl } from "./testing/installation.ts";

let house: Awaited<ReturnType<typeof newInstallation>>;
let file: (name: string) => string;
beforeEach(async () => {
  house = await newInstallation();
  file = (name) => join(house.dataDir, "tls", name);
});
afterEach(() => house.remove());

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
const invalid = { code: "config.invalid" };

describe("the certificate authority", () => {
  it("is made once, private to its user, with its key sealed", async () => {
    const { authority } = await house.open();
    expect((await house.open()).authority.fingerprint).toBe(authority.fingerprint);
    for (const name of ["authority.pem", "server.pem", "ca.crt"])
      expect(await modeOf(file(name))).toBe("600");
    expect(await readFile(file("authority.pem"), "utf8")).not.toContain("BEGIN PRIVATE KEY");
    expect(await readFile(file("ca.crt"), "utf8")).toBe(authority.certificatePem);
  });

  it("has the fingerprint that openssl prints", async () => {
    const { authority } = await house.open();
    const { output } = await openssl("x509", "-in", file("ca.crt"), "-noout", "-fingerprint", "-sha256");
    expect(output.trim().split("=")[1]?.replaceAll(":", "").toLowerCase()).toBe(authority.fingerprint);
    expect(groupFingerprint(authority.fingerprint)).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
  });

  it("is the same for processes that start together", async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => house.open()));
    expect(new Set(all.map(({ authority }) => authority.fingerprint)).size).toBe(1);
  });

  it("is refused when others can read it, with another master key, and when damaged", async () => {
    await house.open();
    await expect(house.open({ masterKey: new Secret(systemRandom.bytes(32)) })).rejects.toMatchObject(
      invalid,
    );
    await chmod(file("authority.pem"), 0o644);
    await expect(house.open()).rejects.toMatchObject({ ...invalid, fields: { path: file("authority.pem") } });
    await chmod(file("authority.pem"), 0o600);
    await writeFile(file("authority.pem"), "");
    await expect(house.open()).rejects.toMatchObject({ ...invalid, fields: { path: file("authority.pem") } });
  });
});

describe("the server certificate", () => {
  it.each([
    ["-verify_hostname", "gate.example"],
    ["-verify_hostname", "localhost"],
    ["-verify_hostname", "box"],
    ["-verify_ip", "127.0.0.1"],
    ["-verify_ip", "::1"],
    ["-verify_ip", "192.0.2.7"],
    ["-verify_ip", "2001:db8::7"],
  ])("passes openssl verify as a server with %s %s", async (kind, name) => {
    await house.open();
    const common = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", file("ca.crt")];
    expect(await openssl(...common, kind, name, file("server.pem"))).toMatchObject({ ok: true });
    const stranger = kind === "-verify_ip" ? "192.0.2.8" : "other.example";
    expect(await openssl(...common, kind, stranger, file("server.pem"))).toMatchObject({ ok: false });
  });

  it("is no client certificate", async () => {
    await house.open();
    const { ok } = await openssl(
      "verify",
      "-purpose",
      "sslclient",
      "-CAfile",
      file("ca.crt"),
      file("server.pem"),
    );
    expect(ok).toBe(false);
  });

  it("stays the same from start to start, and lives 397 days", async () => {
    const first = (await house.open()).certificate;
    expect((await house.open()).certificate).toEqual(first);
    expect(await (await house.open()).renewIfDue()).toBe(false);
    const { output } = await openssl("x509", "-in", file("server.pem"), "-noout", "-startdate", "-enddate");
    const [from, to] = output
      .trim()
      .split("\n")
      .map((line) => Date.parse(line.split("=")[1] as string));
    expect((to as number) - (from as number)).toBe(397 * DAY_MS);
  });

  it("is renewed 30 days before its end and not earlier", async () => {
    const tls = await house.open();
    const { notAfterMs } = tls.certificate;
    house.time.passedMs = 365 * DAY_MS;
    expect(await tls.renewIfDue()).toBe(false);
    house.time.passedMs = 367 * DAY_MS;
    expect(await tls.renewIfDue()).toBe(true);
    expect(tls.certificate.notAfterMs).toBeGreaterThan(notAfterMs + 365 * DAY_MS);
  });

  it("is renewed under a running listener when the machine's address changes", async () => {
    const tls = await house.open();
    const listener = await house.listen(tls, "https", () => "hello");
    const check = ["-CAfile", file("ca.crt"), "-verify_return_error", "-verify_ip", "192.0.2.99"];
    expect((await connect(listener.port, ...check)).output).not.toContain("hello");
    house.machine.names = ["box", "192.0.2.99"];
    for (const tick of house.ticks) tick();
    await vi.waitFor(() => expect(tls.certificate.names).toContain("192.0.2.99"), 10_000);
    expect(tls.certificate.names).not.toContain("192.0.2.7");
    expect((await connect(listener.port, ...check)).output).toContain("hello");
  }, 30_000);

  it("stays in use, and the failure is logged, when a renewal fails", async () => {
    const error = vi.fn();
    const log: Logger = { ...silentLogger, error };
    const tls = await house.open({ log });
    const { notAfterMs } = tls.certificate;
    await chmod(file("server.pem"), 0o644);
    for (const tick of house.ticks) tick();
    await vi.waitFor(
      () => expect(error).toHaveBeenCalledWith(expect.anything(), "tls.renewal_failed"),
      10_000,
    );
    expect(tls.certificate.notAfterMs).toBe(notAfterMs);
    tls[Symbol.dispose]();
    expect(house.ticks).toHaveLength(0);
  });

  it("is made again when its file is damaged", async () => {
    const first = await house.open();
    await writeFile(file("server.pem"), "x");
    expect((await house.open()).certificate.names).toEqual(first.certificate.names);
  });
});

describe("the owner's own certificate", () => {
  const selfSigned = async (name: string, ...key: string[]) => {
    const [certFile, keyFile] = [join(house.dataDir, `${name}.crt`), join(house.dataDir, `${name}.key`)];
    const { ok } = await openssl(
      "req",
      "-x509",
      "-newkey",
      ...key,
      "-nodes",
      "-subj",
      "/CN=own",
      "-addext",
      `subjectAltName=DNS:${name}.example`,
      "-days",
      "90",
      "-out",
      certFile,
      "-keyout",
      keyFile,
    );
    expect(ok).toBe(true);
    return { certFile, keyFile };
  };

  it("is presented instead of ours, and taken up when its files change", async () => {
    const files = await selfSigned("one", "rsa:2048");
    const tls = await house.open({ files });
    expect(tls.certificate).toMatchObject({ source: "files", names: ["one.example"] });
    const listener = await house.listen(tls, "https", () => "hello");
    const trusted = ["-verify_return_error", "-verify_hostname", "one.example", "-CAfile", files.certFile];
    expect((await connect(listener.port, ...trusted)).output).toContain("hello");
    expect(await tls.renewIfDue()).toBe(false);

    const later = await selfSigned("two", "rsa:2048");
    await writeFile(files.certFile, await readFile(later.certFile));
    await writeFile(files.keyFile, await readFile(later.keyFile));
    expect(await tls.renewIfDue()).toBe(true);
    expect(tls.certificate.names).toEqual(["two.example"]);
  }, 30_000);

  it("is refused with the names of the files when they are missing or do not belong together", async () => {
    const one = await selfSigned("one", "rsa:2048");
    const two = await selfSigned("two", "rsa:2048");
    const files = { certFile: one.certFile, keyFile: two.keyFile };
    await expect(house.open({ files })).rejects.toMatchObject({ ...invalid, fields: files });
    const missing = { certFile: "/nowhere.crt", keyFile: "/nowhere.key" };
    await expect(house.open({ files: missing })).rejects.toMatchObject({ ...invalid, fields: missing });
  }, 30_000);
});

describe("a TLS listener", () => {
  const legacy = "ALL:@SECLEVEL=0";

  it.each([
    ["TLS 1.3", ["-tls1_3"], true],
    ["TLS 1.2 with AES-GCM", ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"], true],
    ["TLS 1.2 with ChaCha20", ["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"], true],
    [
      "TLS 1.2 with CBC",
      ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"],
      false,
    ],
    ["TLS 1.2 without forward secrecy", ["-tls1_2", "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"], false],
    ["TLS 1.1", ["-tls1_1", "-cipher", legacy], false],
    ["TLS 1.0", ["-tls1", "-cipher", legacy], false],
  ])(
    "given %s: %s",
    async (_, args, accepted) => {
      const listener = await house.listen(await house.open(), "https", () => "hello");
      const { output } = await connect(
        listener.port,
        ...args,
        "-CAfile",
        file("ca.crt"),
        "-verify_return_error",
      );
      expect(output.includes("hello")).toBe(accepted);
    },
    30_000,
  );
});
