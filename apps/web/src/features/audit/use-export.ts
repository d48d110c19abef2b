import { ledger } from "@gatehouse/contract";
import { useEffect, useRef, useState } from "react";
import { type DownloadedFile, readFile, saveFile } from "../../data/download.ts";
import { call } from "../../data/query.ts";

export type ExportRun =
  | { readonly state: "idle" | "stopped" }
  /** Undefined until the first bytes come: proofs and witnesses take their time. */
  | { readonly state: "running"; readonly bytes: number | undefined }
  | { readonly state: "failed"; readonly error: Error }
  | { readonly state: "done"; readonly file: DownloadedFile };

/** One export at a time: made, received, saved; ends with the page that asked for it. */
export function useExport() {
  const [run, setRun] = useState<ExportRun>({ state: "idle" });
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async (body: ledger.LedgerExportRequest): Promise<void> => {
    const abort = new AbortController();
    const { signal } = abort;
    stop.current = abort;
    setRun({ state: "running", bytes: undefined });
    try {
      // The client answers a zip as the unread response.
      const response = (await call(ledger.exportLedger, { body }, signal)) as unknown as Response;
      const file = await readFile(response, (bytes) => setRun({ state: "running", bytes }), signal);
      saveFile(file);
      setRun({ state: "done", file });
    } catch (error) {
      setRun(signal.aborted ? { state: "stopped" } : { state: "failed", error: error as Error });
    }
  };
  return { run, start, cancel: () => stop.current?.abort() };
}
