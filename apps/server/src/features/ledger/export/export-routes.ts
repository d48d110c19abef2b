import { Readable } from "node:stream";
import { AppError, type Clock } from "@gatehouse/base";
import { ledger } from "@gatehouse/contract";
import { encodeVerifierKey, type Signer } from "@gatehouse/ledger";
import { type Route, route } from "../../../platform/http/route.ts";
import { comparable, recordingCertificate } from "../trust.ts";
import type { ExportService } from "./export-service.ts";
import { policyOf, readVerifyWorker, type VerifierFile } from "./verifier-files.ts";

export interface ExportRouteDeps {
  readonly exports: ExportService;
  readonly clock: Clock;
  readonly root: Signer;
  /** Of manifests of recordings. */
  readonly recordings: Signer;
  readonly verifiers: readonly VerifierFile[];
}

export function exportRoutes({
  exports,
  clock,
  root,
  recordings,
  verifiers,
}: ExportRouteDeps): readonly Route[] {
  const page = verifiers.find(({ name }) => name === "verify.html");
  const policy = page && policyOf(page);
  const worker = readVerifyWorker();
  return [
    route(ledger.exportLedger, async ({ principal, body, reply }) => {
      // Texts about people are for those who may see people.
      if (body.reveal && principal.permissions.get("people.read") !== "all")
        throw new AppError("auth.forbidden", { permission: "people.read" });
      const zip = await exports.export(principal.tenantId, body);
      const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
      reply.header("content-disposition", `attachment; filename="audit-log-${day}.zip"`);
      return Readable.from(zip, { objectMode: false, highWaterMark: 64 * 1024 });
    }),
    route(ledger.getLedgerTrust, async () => ({
      ...comparable(root),
      rootKey: encodeVerifierKey(root.key),
      recordingsCertificate: recordingCertificate(recordings, root),
      verifiers: verifiers.map(({ name, sha256 }) => ({ name, sha256 })),
    })),
    route(ledger.getVerifyPage, async ({ reply }) => {
      if (page === undefined) throw new AppError("request.not_found");
      // To be kept and opened from disk: served from here it would be whatever this server says it is.
      reply.header("content-disposition", `attachment; filename="${page.name}"`);
      return page.bytes;
    }),
    route(ledger.getVerifyPageHere, async ({ reply }) => {
      if (page === undefined) throw new AppError("request.not_found");
      reply.header("content-security-policy", policy);
      return page.bytes;
    }),
    route(ledger.getVerifyWorker, async () => {
      if (worker === undefined) throw new AppError("request.not_found");
      return worker;
    }),
  ];
}
