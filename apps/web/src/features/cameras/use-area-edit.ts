import { useState } from "react";
import { useTranslations } from "use-intl";
import {
  type Area,
  type Ask,
  type Corners,
  isArea,
  MAX_AREAS,
  MAX_CORNERS,
  MIDDLE,
  MIN_CORNERS,
  type Point,
} from "./areas.ts";
import { EMPTY_HISTORY, type History, remember, undo } from "./history.ts";

type Kind = Area["kind"];

export interface AreaEdit {
  readonly areas: readonly Area[];
  readonly selected: Area | undefined;
  /** The corner of the selected area that the keys move. */
  readonly corner: number | undefined;
  readonly drawing: { readonly kind: Kind; readonly corners: Corners } | undefined;
  readonly canUndo: boolean;
  readonly canClose: boolean;
  isFull(kind: Kind): boolean;
  select(key: string | undefined, corner?: number): void;
  /** `act` joins changes that are undone together. */
  setCorners(key: string, corners: Corners, act?: string): void;
  rename(key: string, name: string): void;
  /** Undefined: the zone does not ask for it. */
  ask(key: string, ask: Ask, value: number | undefined): void;
  remove(key: string): void;
  clear(): void;
  undo(): void;
  addRectangle(kind: Kind): void;
  beginDrawing(kind: Kind): void;
  addPoint(point: Point): void;
  takeBackPoint(): void;
  closeDrawing(): void;
  cancelDrawing(): void;
}

const isMask = (kind: Kind): boolean => kind === "mask";

/** Draws, selects and changes areas, with a way back. */
export function useAreaEdit(areas: readonly Area[], onChange: (areas: readonly Area[]) => void): AreaEdit {
  const t = useTranslations("cameras.areas");
  const [history, setHistory] = useState<History<readonly Area[]>>(EMPTY_HISTORY);
  const [selection, setSelection] = useState<{ key: string; corner: number | undefined }>();
  const [drawing, setDrawing] = useState<AreaEdit["drawing"]>();

  const change = (next: readonly Area[], act?: string) => {
    setHistory(remember(history, areas, act));
    onChange(next);
  };
  const replace = (key: string, part: Partial<Area>, act?: string) =>
    change(
      areas.map((area) => (area.key === key ? { ...area, ...part } : area)),
      act,
    );
  const isFull = (kind: Kind) =>
    areas.filter((area) => isMask(area.kind) === isMask(kind)).length >= MAX_AREAS;
  const nameFor = (kind: Kind): string => {
    if (kind === "mask") return "";
    const taken = new Set(areas.map(({ name }) => name));
    for (let number = 1; ; number += 1) {
      const name = t(kind === "watch" ? "newWatch" : "newIgnore", { number: String(number) });
      if (!taken.has(name)) return name;
    }
  };
  const add = (kind: Kind, corners: Corners, corner: number | undefined) => {
    const key = freshKey();
    change([...areas, { key, name: nameFor(kind), kind, corners }]);
    setSelection({ key, corner });
    setDrawing(undefined);
  };
  const canClose = drawing !== undefined && isArea(drawing.corners);

  return {
    areas,
    selected: areas.find(({ key }) => key === selection?.key),
    corner: selection?.corner,
    drawing,
    canUndo: history.past.length > 0,
    canClose,
    isFull,
    select: (key, corner) => setSelection(key === undefined ? undefined : { key, corner }),
    setCorners: (key, corners, act) => replace(key, { corners }, act),
    rename: (key, name) => replace(key, { name }, `name ${key}`),
    ask: (key, ask, value) => replace(key, { [ask]: value }, `${ask} ${key}`),
    remove: (key) => change(areas.filter((area) => area.key !== key)),
    clear: () => change([]),
    undo() {
      const step = undo(history);
      if (step === undefined) return;
      setHistory(step.history);
      onChange(step.value);
    },
    addRectangle: (kind) => add(kind, MIDDLE, 0),
    beginDrawing: (kind) => setDrawing({ kind, corners: [] }),
    addPoint: (point) => {
      if (drawing !== undefined && drawing.corners.length < MAX_CORNERS)
        setDrawing({ ...drawing, corners: [...drawing.corners, point] });
    },
    takeBackPoint: () => setDrawing((last) => last && { ...last, corners: last.corners.slice(0, -1) }),
    closeDrawing: () => {
      if (drawing !== undefined && canClose) add(drawing.kind, drawing.corners, undefined);
    },
    cancelDrawing: () => setDrawing(undefined),
  };
}

/** Counts on for as long as the console is open: a removed area comes back by undo, and keeps its key. */
let keys = 0;
function freshKey(): string {
  keys += 1;
  return `area ${keys}`;
}

/** A point near the first corner closes the area instead of adding another. */
export const closes = (corners: Corners, [x, y]: Point): boolean => {
  const [first] = corners;
  return (
    corners.length >= MIN_CORNERS && first !== undefined && Math.hypot(first[0] - x, first[1] - y) < 0.025
  );
};
