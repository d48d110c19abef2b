import QRCode from "qrcode";
import styles from "./qr.module.css";

/** A QR code as one SVG path, dark on white in both themes because scanners expect it. `label` says what it holds. */
export function Qr(props: { text: string; label: string; size?: number }) {
  const { modules } = QRCode.create(props.text, { errorCorrectionLevel: "M" });
  const size = props.size ?? 146;
  return (
    <div className={styles.frame}>
      <svg
        width={size}
        height={size}
        viewBox={`0 0 ${modules.size} ${modules.size}`}
        shapeRendering="crispEdges"
        role="img"
        aria-label={props.label}
      >
        <path d={modulePath(modules.size, modules.data)} fill="#111716" />
      </svg>
    </div>
  );
}

/** One 1×1 square for every dark module, runs in a row joined. */
export function modulePath(size: number, dark: ArrayLike<number>): string {
  let path = "";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!dark[y * size + x]) continue;
      const from = x;
      while (x + 1 < size && dark[y * size + x + 1]) x++;
      path += `M${from} ${y}h${x - from + 1}v1h-${x - from + 1}z`;
    }
  }
  return path;
}
