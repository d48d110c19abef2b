import styles from "./timeline.module.css";

/** Each kind of event has a shape before it has a colour; `x` is where it begins, `y` its middle. */
export function EventShape(props: { kind: string; x: number; y: number }) {
  const { kind, x, y } = props;
  if (kind === "device")
    return <path className={styles.deviceEvent} d={`M${x} ${y - 6.5}l6 6.5-6 6.5-6-6.5z`} />;
  return <rect className={styles.motionEvent} x={x - 4.5} y={y - 6.5} width={9} height={13} rx={2.5} />;
}
