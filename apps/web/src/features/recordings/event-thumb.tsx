import { cameras } from "@gatehouse/contract";
import { useCallback } from "react";
import { isApiError } from "../../data/api-error.ts";
import { call, queryClient } from "../../data/query.ts";
import { type ReadJpeg, Thumb } from "./thumb.tsx";

/** Lists come back to the same events; the pictures are kept in memory alone. */
const KEPT_MS = 300_000;

/** The one picture that shows an event best. The server writes down who looked at events of which camera. */
export function EventThumb(props: {
  eventId: string;
  bestMs: number;
  width: number;
  box?: cameras.FoundBox | undefined;
}) {
  const { eventId, bestMs, width } = props;
  const read = useCallback<ReadJpeg>(
    async () =>
      (await queryClient.fetchQuery({
        queryKey: ["event-picture", eventId, bestMs],
        queryFn: ({ signal }) => readPicture(eventId, signal),
        staleTime: KEPT_MS,
        gcTime: KEPT_MS,
      })) ?? undefined,
    [eventId, bestMs],
  );
  return <Thumb read={read} width={width} box={props.box} />;
}

/** Null where there is none, which stays so: video has none, and what was erased is gone. */
async function readPicture(id: string, signal: AbortSignal): Promise<Uint8Array | null> {
  try {
    const reply = (await call(
      cameras.getCameraEventPicture,
      { params: { id } },
      signal,
    )) as unknown as Response;
    return new Uint8Array(await reply.arrayBuffer());
  } catch (error) {
    if (isApiError(error) && error.status === 404) return null;
    throw error;
  }
}
