import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Aligned } from "./chart-data.ts";

/** Everything that, when it changes, makes another plot. */
export interface ChartLook {
  readonly axes: boolean;
  readonly height: number;
  readonly series: readonly {
    readonly label: string;
    readonly colour: string;
    readonly stepped: boolean;
    readonly right: boolean;
    /** Followed by two more columns: highest and lowest. */
    readonly ranged: boolean;
  }[];
  readonly band: { readonly low: number; readonly high: number; readonly colour: string } | undefined;
  readonly markers: readonly { readonly atMs: number; readonly label: string; readonly colour: string }[];
  readonly window: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface ChartText {
  value: FormatValue;
  clock(atMs: number, spanMs: number): string;
  onArea(area: PlotArea): void;
}

/** A value as text; `step` is the distance of the labels on an axis, which asks for as many decimals. */
export type FormatValue = (value: number, at: { readonly right: boolean; readonly step?: number }) => string;

/** Where the lines are drawn: CSS pixels from the start of the chart. */
export interface PlotArea {
  readonly left: number;
  readonly width: number;
}

const FONT_PX = 11.5;
const FONT_FAMILY = '"Atkinson Hyperlegible Next Variable", sans-serif';
const TINT_ALPHA = "0.11";

/** The token's colour in the theme of `element`, as `rgb(r, g, b)`: canvas does not know custom properties. */
function colourReader(element: HTMLElement): (token: string, alpha?: string) => string {
  const probe = document.createElement("span");
  element.append(probe);
  const known = new Map<string, string>();
  return (token, alpha) => {
    let colour = known.get(token);
    if (colour === undefined) {
      probe.style.color = `var(--${token})`;
      colour = getComputedStyle(probe).color;
      known.set(token, colour);
    }
    return alpha === undefined ? colour : colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
  };
}

/** A uPlot in the console's dress inside `element`. x is Unix ms. */
export function createPlot(element: HTMLElement, look: ChartLook, data: Aligned, text: ChartText): uPlot {
  element.replaceChildren();
  const colour = colourReader(element);
  const options: uPlot.Options = {
    ms: 1,
    width: element.clientWidth,
    height: look.height,
    legend: { show: false },
    cursor: { show: false },
    padding: look.axes ? [8, 26, 0, 4] : [3, 2, 3, 2],
    scales: {
      x: { time: true, ...windowOf(look) },
      y: { range: (_, low, high) => yRange(look, low, high) },
      right: { range: (_, low, high) => yRange({}, low, high) },
    },
    axes: look.axes ? axesOf(look, colour, text) : [{ show: false }, { show: false }],
    ...seriesOf(look, colour),
    hooks: {
      drawAxes: [(plot) => drawBand(plot, look, colour)],
      draw: [(plot) => drawMarkers(plot, look, colour), (plot) => text.onArea(areaOf(plot))],
    },
  };
  const plot = new uPlot(options, data as uPlot.AlignedData, element);
  void document.fonts?.ready.then(() => plot.redraw(false, true));
  return plot;
}

const areaOf = ({ bbox }: uPlot): PlotArea => ({
  left: bbox.left / devicePixelRatio,
  width: bbox.width / devicePixelRatio,
});

type Colours = (token: string, alpha?: string) => string;

function windowOf(look: ChartLook): { range?: uPlot.Scale.Range } {
  const { window } = look;
  return window === undefined ? {} : { range: () => [window.fromMs, window.toMs] };
}

/** Data with some air, the whole band, and the ends that are fixed. An empty chart shows 0 to 1. */
function yRange(
  look: Partial<Pick<ChartLook, "band" | "min" | "max">>,
  dataLow: number | null,
  dataHigh: number | null,
): [number, number] {
  const low = Math.min(dataLow ?? 0, look.band?.low ?? Number.POSITIVE_INFINITY);
  const high = Math.max(dataHigh ?? 1, look.band?.high ?? Number.NEGATIVE_INFINITY);
  const air = (high - low || Math.abs(high) || 1) * 0.12;
  return [look.min ?? low - air, look.max ?? high + air];
}

function axesOf(look: ChartLook, colour: Colours, text: ChartText): uPlot.Axis[] {
  const common: uPlot.Axis = {
    stroke: colour("ink-3"),
    ticks: { show: false },
    font: `${FONT_PX}px ${FONT_FAMILY}`,
  };
  const values = (right: boolean): uPlot.Axis => ({
    ...common,
    gap: 4,
    space: 30,
    size: (plot, labels) => widestLabel(plot, labels) + 12,
    values: (_, splits, _axis, _space, step) => splits.map((value) => text.value(value, { right, step })),
  });
  const time: uPlot.Axis = {
    ...common,
    size: 22,
    gap: 3,
    space: 90,
    grid: { show: false },
    values: (plot, instants) => {
      const spanMs = (plot.scales.x?.max ?? 0) - (plot.scales.x?.min ?? 0);
      return instants.map((atMs) => text.clock(atMs, spanMs));
    },
  };
  const left: uPlot.Axis = { ...values(false), grid: { stroke: colour("line"), width: 1 } };
  const right: uPlot.Axis = { ...values(true), scale: "right", side: 1, grid: { show: false } };
  return [time, left, ...(look.series.some((one) => one.right) ? [right] : [])];
}

function widestLabel(plot: uPlot, labels: string[] | null): number {
  if (labels === null) return 30;
  plot.ctx.font = `${FONT_PX}px ${FONT_FAMILY}`;
  return Math.max(0, ...labels.map((label) => plot.ctx.measureText(label).width));
}

function seriesOf(look: ChartLook, colour: Colours): Pick<uPlot.Options, "series" | "bands"> {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  for (const one of look.series) {
    series.push({
      label: one.label,
      scale: one.right ? "right" : "y",
      stroke: colour(one.colour),
      width: look.axes ? 1.8 : 1.4,
      points: { show: (plot, index) => (plot.data[index]?.length ?? 0) === 1 },
      spanGaps: look.series.length > 1,
      ...(one.stepped && stepped !== undefined ? { paths: stepped } : {}),
    });
    if (!one.ranged) continue;
    const edge: uPlot.Series = {
      scale: one.right ? "right" : "y",
      stroke: "transparent",
      width: 0,
      points: { show: false },
    };
    bands.push({ series: [series.length, series.length + 1], fill: colour(one.colour, TINT_ALPHA) });
    series.push(edge, edge);
  }
  return { series, bands };
}

function drawBand(plot: uPlot, look: ChartLook, colour: Colours): void {
  const { band } = look;
  if (band === undefined) return;
  const { left, top, width, height } = plot.bbox;
  const from = Math.max(plot.valToPos(band.high, "y", true), top);
  const to = Math.min(plot.valToPos(band.low, "y", true), top + height);
  plot.ctx.fillStyle = colour(band.colour, TINT_ALPHA);
  plot.ctx.fillRect(left, from, width, to - from);
}

function drawMarkers(plot: uPlot, look: ChartLook, colour: Colours): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio;
  for (const marker of look.markers) {
    const x = plot.valToPos(marker.atMs, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.save();
    ctx.strokeStyle = colour(marker.colour);
    ctx.lineWidth = 1.5 * pixel;
    ctx.setLineDash([4 * pixel, 3 * pixel]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillStyle = colour(marker.colour);
    ctx.font = `${FONT_PX * pixel}px ${FONT_FAMILY}`;
    const atEnd = x > bbox.left + bbox.width / 2;
    ctx.textAlign = atEnd ? "right" : "left";
    ctx.fillText(marker.label, x + (atEnd ? -5 : 5) * pixel, bbox.top + 11 * pixel);
    ctx.restore();
  }
}
