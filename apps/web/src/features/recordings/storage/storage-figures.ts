import type { cameras } from "@gatehouse/contract";

type Storage = cameras.RecordingStorage;

/** How much a share of a cap is taken, 0…1. */
export const usedRatio = (bytes: number, capBytes: number): number =>
  capBytes === 0 ? 1 : Math.min(1, bytes / capBytes);

/** Days that the ring holds at the pace of the last day; undefined while nothing is recorded. */
export function lastsDays({ cameras, policy, disk, ring }: Storage): number | undefined {
  const perDay = cameras.reduce((sum, { bytesPerDay }) => sum + bytesPerDay, 0);
  if (perDay === 0) return undefined;
  // A disk that is smaller than the cap decides.
  const roomBytes = Math.min(policy.ringBytes, ring.bytes + disk.freeBytes);
  return roomBytes / perDay;
}
