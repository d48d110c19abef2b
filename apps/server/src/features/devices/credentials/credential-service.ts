import { AppError, newUuid, type UnixMs, type Uuid } from "@gatehouse/base";
import { type devices, downTopic, UP_KINDS, upTopic } from "@gatehouse/contract";
import {
  announceChange,
  type DevicesContext,
  getActiveRecord,
  getRecord,
  recordOnDevice,
} from "../context.ts";
import { type Actor, MAX_CREDENTIALS_PER_DEVICE } from "../model.ts";
import type { EndedCredential } from "../ports.ts";
import type { DevicesDatabase } from "../tables.ts";
import { makeApiKey, viewCredential } from "./api-key.ts";
import {
  applyEndings,
  countValidCredentials,
  type EndedRow,
  expireApiKeys,
  insertCredential,
  listCredentialRows,
  lockDevice,
  type NewCredential,
  pruneEndedCredentials,
  revokeCredentialRows,
} from "./credential-store.ts";
import type { LastUsed } from "./last-used.ts";

/** This installation's certificate authority, as far as devices are concerned. */
export interface CertificateIssuer {
  issueDeviceCertificate(request: {
    readonly deviceId: Uuid;
    readonly key: { readonly csrPem: string };
    readonly validDays: number;
  }): Promise<{
    readonly certificatePem: string;
    /** Hex. */
    readonly serialNumber: string;
    /** SHA-256 of the certificate, lower-case hex. */
    readonly fingerprint: string;
    readonly notAfterMs: UnixMs;
  }>;
  readonly authority: { readonly certificatePem: string };
}

/** A year and a month, so that a yearly renewal is never late. */
const DEFAULT_VALID_DAYS = 397;

export class CredentialService {
  readonly #context: DevicesContext;
  readonly #issuer: CertificateIssuer;
  readonly #lastUsed: LastUsed;

  constructor(context: DevicesContext, issuer: CertificateIssuer, lastUsed: LastUsed) {
    this.#context = context;
    this.#issuer = issuer;
    this.#lastUsed = lastUsed;
  }

  async list(tenantId: Uuid, deviceId: Uuid): Promise<{ items: devices.Credential[]; topics: string[] }> {
    const { name } = getRecord(this.#context, tenantId, deviceId);
    await this.#lastUsed.flush();
    const rows = await listCredentialRows(this.#context.db, tenantId, deviceId);
    return { items: rows.map(viewCredential), topics: topicsOf(name) };
  }

  /** A new key inside the caller's transaction, which must hold the device's lock. */
  async addKey(tx: DevicesDatabase, tenantId: Uuid, deviceId: Uuid): Promise<devices.NewApiKey> {
    const { row, shown } = makeApiKey(deviceId, this.#context);
    await this.#insert(tx, tenantId, row);
    return shown;
  }

  /** A new key and what `inside` adds, in one transaction. */
  async addKeyWith<T>(
    tenantId: Uuid,
    deviceId: Uuid,
    inside: (tx: DevicesDatabase, apiKey: string) => Promise<T>,
  ): Promise<T> {
    getActiveRecord(this.#context, tenantId, deviceId);
    const result = await this.#context.db.transaction().execute(async (tx) => {
      if (!(await lockDevice(tx, tenantId, deviceId))) throw new AppError("device.not_found");
      return inside(tx, (await this.addKey(tx, tenantId, deviceId)).apiKey);
    });
    await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    return result;
  }

  /** At start and after a restore: what was revoked once stays revoked. Answers how many devices lost something. */
  async applyEndings(ended: readonly EndedCredential[]): Promise<number> {
    const { db, clock, directory } = this.#context;
    const deviceIds = await applyEndings(db, ended, clock.nowMs());
    for (const deviceId of deviceIds) {
      await directory.reload(deviceId);
      const tenantId = directory.find(deviceId)?.tenantId;
      if (tenantId !== undefined)
        this.#context.bus.publish("device.credentials_ended", { tenantId, deviceId });
    }
    return deviceIds.length;
  }

  /** The new key works at once; the old ones end now, or are accepted for the overlap. */
  async rotate({ tenantId, name }: Actor, deviceId: Uuid, overlapSeconds = 0): Promise<devices.NewApiKey> {
    const { db, bus, clock } = this.#context;
    getActiveRecord(this.#context, tenantId, deviceId);
    const { shown, ended } = await db.transaction().execute(async (tx) => {
      if (!(await lockDevice(tx, tenantId, deviceId))) throw new AppError("device.not_found");
      const nowMs = clock.nowMs();
      const fromMs = nowMs + overlapSeconds * 1000;
      const ended =
        overlapSeconds === 0
          ? await revokeCredentialRows(tx, tenantId, deviceId, nowMs, { kind: "api_key" })
          : await expireApiKeys(tx, tenantId, deviceId, fromMs);
      await recordEnded(this.#context, tx, ended, fromMs);
      const shown = await this.addKey(tx, tenantId, deviceId);
      const data = { kind: "api_key", keyId: shown.keyId, overlapSeconds, ended: ended.length };
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, { kind: "credential.created", data });
      return { shown, ended };
    });
    await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    if (overlapSeconds === 0 && ended.length > 0)
      bus.publish("device.credentials_ended", { tenantId, deviceId, credentialIds: idsOf(ended) });
    this.#note(tenantId, deviceId, "key_rotated", { keyId: shown.keyId, overlapSeconds, by: name });
    return shown;
  }

  async revoke({ tenantId, name }: Actor, deviceId: Uuid, credentialId: Uuid): Promise<void> {
    const { db, bus, clock } = this.#context;
    getRecord(this.#context, tenantId, deviceId);
    const ended = await db.transaction().execute(async (tx) => {
      const nowMs = clock.nowMs();
      const rows = await revokeCredentialRows(tx, tenantId, deviceId, nowMs, { credentialId });
      await recordEnded(this.#context, tx, rows, nowMs);
      const data = { credentialId, ended: rows.length };
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, { kind: "credential.revoked", data });
      return rows;
    });
    if (ended.length === 0) return;
    await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    bus.publish("device.credentials_ended", { tenantId, deviceId, credentialIds: idsOf(ended) });
    this.#note(tenantId, deviceId, "credential_revoked", { credentialId, by: name });
  }

  async issueCertificate(
    { tenantId, name }: Actor,
    deviceId: Uuid,
    { csrPem, validDays }: { readonly csrPem: string; readonly validDays?: number | undefined },
  ): Promise<{ certificatePem: string; caPem: string; credential: devices.Credential }> {
    const { db, clock, random } = this.#context;
    getActiveRecord(this.#context, tenantId, deviceId);
    const issued = await this.#issuer.issueDeviceCertificate({
      deviceId,
      key: { csrPem },
      validDays: validDays ?? DEFAULT_VALID_DAYS,
    });
    const row: NewCredential = {
      credentialId: newUuid(clock, random),
      deviceId,
      kind: "certificate",
      publicId: issued.serialNumber.toLowerCase(),
      sha256: issued.fingerprint,
      sealed: undefined,
      createdMs: clock.nowMs(),
      expiresMs: issued.notAfterMs,
    };
    await db.transaction().execute(async (tx) => {
      if (!(await lockDevice(tx, tenantId, deviceId))) throw new AppError("device.not_found");
      await this.#insert(tx, tenantId, row);
      const data = { kind: row.kind, serial: row.publicId, expiresMs: row.expiresMs };
      await recordOnDevice(this.#context, tx, { tenantId, deviceId }, { kind: "credential.created", data });
    });
    await announceChange(this.#context, { tenantId, deviceId, change: "updated" });
    this.#note(tenantId, deviceId, "certificate_issued", { serial: row.publicId, by: name });
    const credential = viewCredential({ ...row, lastUsedMs: undefined, revokedMs: undefined });
    const { certificatePem } = issued;
    return { certificatePem, caPem: this.#issuer.authority.certificatePem, credential };
  }

  async #insert(tx: DevicesDatabase, tenantId: Uuid, row: NewCredential): Promise<void> {
    const nowMs = this.#context.clock.nowMs();
    const valid = await countValidCredentials(tx, tenantId, row.deviceId, nowMs);
    if (valid >= MAX_CREDENTIALS_PER_DEVICE)
      throw new AppError("limit.reached", { limit: MAX_CREDENTIALS_PER_DEVICE, what: "credentials" });
    await insertCredential(tx, tenantId, row);
    await pruneEndedCredentials(tx, tenantId, row.deviceId, nowMs);
  }

  #note(tenantId: Uuid, deviceId: Uuid, code: keyof typeof REMARKS, data: object): void {
    const remark = { kind: "credential", level: "info", code, message: REMARKS[code] } as const;
    this.#context.deviceLog.note({ tenantId, deviceId, ...remark, data });
  }
}

/** Before the caller's commit: what is recorded and not committed is refused all the same, at the next start. */
export async function recordEnded(
  { revocations }: DevicesContext,
  tx: DevicesDatabase,
  ended: readonly EndedRow[],
  fromMs: UnixMs,
): Promise<void> {
  if (ended.length > 0)
    await revocations.record(
      tx,
      ended.map(({ kind, publicId }) => ({ kind, id: publicId, fromMs })),
    );
}

const idsOf = (ended: readonly EndedRow[]): Uuid[] => ended.map(({ credentialId }) => credentialId);

const REMARKS = {
  key_rotated: "API key rotated",
  credential_revoked: "Credential revoked",
  certificate_issued: "Certificate issued",
} as const;

function topicsOf(name: string): string[] {
  return [...UP_KINDS.map((kind) => upTopic(name, kind)), downTopic(name)];
}

/** Where a device publishes readings and listens for commands. */
export const deviceTopics = (name: string): { telemetry: string; commands: string } => ({
  telemetry: upTopic(name, "telemetry"),
  commands: downTopic(name),
});
