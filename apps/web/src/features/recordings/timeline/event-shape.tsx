import styles from "./timeline.module.css";

/** Each kind of event has a shape before it has a colour; `x` is where it begins, `y` its middle. */
export function EventShape(props: { kind: string; x: number; y: number }) {
  const { kind, x, y } = props;
  if (kind === "device")
    return <path className={styles.deviceEvent} d={`M${x} ${y - 6.5}l6 6.5-6 6.5-6-6.5z`} />;
  if (kind === "person")
    return (
      <path
        className={styles.personEvent}
        d={`M${x} ${y - 7}a3 3 0 0 1 0 6a3 3 0 0 1 0-6zM${x - 5} ${y + 7}a5 6 0 0 1 10 0z`}
      />
    );
  if (kind === "object") return <circle className={styles.personEvent} cx={x} cy={y} r={5} />;
  return <rect className={styles.motionEvent} x={x - 4.5} y={y - 6.5} width={9} height={13} rx={2.5} />;
}
