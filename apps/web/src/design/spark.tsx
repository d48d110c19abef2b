/** A decorative line of a few dozen values; the figure beside it says what matters. Gaps are not drawn. */
export function Spark(props: {
  values: readonly number[];
  colour?: string;
  width?: number;
  height?: number;
  fill?: boolean;
  /** As wide as the place it stands in; `width` is then only the drawing's own scale. */
  stretch?: boolean;
}) {
  const { width = 62, height = 22, colour = "var(--series-1)" } = props;
  if (props.values.length < 2) return null;
  const line = sparkPath(props.values, width, height);
  return (
    <svg
      width={props.stretch === true ? "100%" : width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {props.fill !== false && (
        <path d={`${line}L${width} ${height}L0 ${height}Z`} fill={colour} opacity="0.12" />
      )}
      <path d={line} fill="none" stroke={colour} strokeWidth="1.4" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

const MARGIN = 2;

/** SVG path through equally spaced values, scaled to the box with a margin above and below. */
export function sparkPath(values: readonly number[], width: number, height: number): string {
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const points = values.map((value, n) => {
    const x = (n / (values.length - 1)) * width;
    const y = height - MARGIN - ((value - low) / span) * (height - 2 * MARGIN);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join("L")}`;
}
