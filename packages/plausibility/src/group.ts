import type { UnixMs } from "@gatehouse/base";
import type { Series } from "./series.ts";
import { explainByNeighbours, explainByRelated, judgeSlot, type Seat, weigh } from "./slot-judge.ts";
import { SLOT_MS, type Tuning } from "./tuning.ts";

/** With fewer neighbours than this their common movement says nothing. */
const MIN_NEIGHBOURS = 3;

/** One device of a group in a slot. */
export interface Member {
  readonly series: ReadonlyMap<string, Series>;
  /** Its device is not believed: its habits stay as they are. */
  readonly frozen: boolean;
  /** Its device is so little believed that its neighbours do not listen to it. */
  readonly ignored: boolean;
}

interface GroupSeat extends Seat {
  readonly member: Member;
}

/**
 * Devices of one type at one place: what they all do is weather, what one does alone is its own. Looks at every
 * series that said something in the slot.
 */
export function judgeGroup(members: readonly Member[], slot: number, tuning: Tuning): void {
  const endMs = (slot + 1) * SLOT_MS;
  const byMetric = seatsOf(members, slot);
  for (const seats of byMetric.values()) explain(seats, members.length, tuning);
  for (const seats of byMetric.values()) {
    for (const seat of seats) {
      const { movesWith } = seat.series.typical;
      const related = movesWith === undefined ? undefined : byMetric.get(movesWith);
      explainByRelated(
        seat,
        related?.find(({ member }) => member === seat.member),
        tuning,
      );
      judgeSlot(seat, endMs, tuning);
    }
    if (members.length > MIN_NEIGHBOURS) judgeTogether(seats, endMs, tuning);
  }
}

function seatsOf(members: readonly Member[], slot: number): Map<string, GroupSeat[]> {
  const byMetric = new Map<string, GroupSeat[]>();
  const middleMs = (slot + 0.5) * SLOT_MS;
  for (const member of members) {
    for (const series of member.series.values()) {
      const summary = series.typical.kind === "level" ? series.summary(slot) : undefined;
      if (summary === undefined) continue;
      const deviation = summary.mean - (series.profile.at(middleMs) ?? Number.NaN);
      const seats = byMetric.get(series.metric) ?? [];
      seats.push({ member, series, summary, frozen: member.frozen, deviation, residual: Number.NaN });
      byMetric.set(series.metric, seats);
    }
  }
  return byMetric;
}

function explain(seats: readonly GroupSeat[], members: number, tuning: Tuning): void {
  const hasNeighbours = members > MIN_NEIGHBOURS;
  const factorOf = neighboursFactor(seats);
  for (const seat of seats) {
    if (seat.series.withNeighbours !== hasNeighbours) seat.series.beginResiduals(hasNeighbours);
    const factor = hasNeighbours ? factorOf(seat) : 0;
    // When most neighbours are silent just now, the next slot will tell.
    if (factor !== undefined) explainByNeighbours(seat, factor, tuning);
  }
}

/** For each seat the median deviation of the others that are believed. */
function neighboursFactor(seats: readonly GroupSeat[]): (seat: Seat) => number | undefined {
  const believed = seats.filter(({ member, deviation }) => !member.ignored && Number.isFinite(deviation));
  const sorted = Float64Array.from(believed, ({ deviation }) => deviation).sort();
  const others = new Set<Seat>(believed);
  return (seat) => {
    if (!others.has(seat)) return sorted.length < MIN_NEIGHBOURS ? undefined : middle(sorted, -1);
    if (sorted.length - 1 < MIN_NEIGHBOURS) return undefined;
    return middle(sorted, sorted.indexOf(seat.deviation));
  };
}

/** Median of sorted values without the one at `left`; -1 leaves none out. */
function middle(sorted: Float64Array, left: number): number {
  const count = left < 0 ? sorted.length : sorted.length - 1;
  const at = (i: number): number => sorted[left >= 0 && i >= left ? i + 1 : i] as number;
  const half = count >> 1;
  return count % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
}

/**
 * Several members displaced to the same side since about the same time: each alone would not be enough. Only a
 * minority is believed to lie: when about half of a group moves away from the other half nobody can tell which.
 */
function judgeTogether(seats: readonly Seat[], endMs: UnixMs, tuning: Tuning): void {
  for (const side of [1, -1]) {
    const displaced = seats.filter(
      ({ series }) => series.displacement * side >= tuning.coordinated.memberRatio,
    );
    const together = largestTogether(displaced, tuning.coordinated.togetherSlots);
    const { minMembers, maxShareRatio, combined } = tuning.coordinated;
    const share = together.length / seats.length;
    const isGroup = together.length >= minMembers && share <= maxShareRatio;
    for (const { series } of displaced) {
      if (!isGroup || !together.some((member) => member.series === series)) continue;
      const strength = meanOf(together.map((member) => Math.abs(member.series.displacement)));
      const sum = strength * Math.sqrt(together.length);
      weigh(series, "coordinated", sum / combined, sum, combined, endMs, tuning);
    }
  }
  for (const { series } of seats)
    if (!(Math.abs(series.displacement) >= tuning.coordinated.memberRatio))
      weigh(series, "coordinated", 0, 0, tuning.coordinated.combined, endMs, tuning);
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The most seats whose displacement began within `slots` of each other. */
function largestTogether(seats: readonly Seat[], slots: number): readonly Seat[] {
  const sorted = [...seats].sort((a, b) => a.series.displacedSlot - b.series.displacedSlot);
  let best: readonly Seat[] = [];
  for (let from = 0; from < sorted.length; from++) {
    const first = (sorted[from] as Seat).series.displacedSlot;
    const within = sorted.slice(from).filter(({ series }) => series.displacedSlot - first <= slots);
    if (within.length > best.length) best = within;
  }
  return best;
}
