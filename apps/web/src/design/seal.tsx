import { useTranslations } from "use-intl";

export type SealState = "verified" | "sealed" | "unknown" | "tampered";

/** A scalloped rim: twelve arcs around (8, 8), outer control points at 8.3, inner points at 6.5. */
const RIM = (() => {
  const at = (radius: number, angle: number) =>
    `${(8 + radius * Math.cos(angle)).toFixed(2)} ${(8 + radius * Math.sin(angle)).toFixed(2)}`;
  const arcs = Array.from({ length: 12 }, (_, n) => {
    const [from, to] = [(n / 12) * Math.PI * 2, ((n + 1) / 12) * Math.PI * 2];
    return `Q${at(8.3, (from + to) / 2)} ${at(6.5, to)}`;
  });
  return `M${at(6.5, 0)}${arcs.join("")}Z`;
})();

/**
 * The mark of proof. Green and filled only when *this browser* checked; the shape differs with the state,
 * never the colour alone.
 */
export function Seal(props: { state: SealState; size?: number }) {
  const t = useTranslations("common.seal");
  const size = props.size ?? 16;
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" role="img" aria-label={t(props.state)}>
      {SHAPES[props.state]}
    </svg>
  );
}

const SHAPES = {
  verified: (
    <>
      <path d={RIM} fill="var(--ok)" />
      <path
        d="M5.1 8.2l2 2 3.9-4.1"
        fill="none"
        stroke="var(--surface)"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
    </>
  ),
  sealed: (
    <>
      <path d={RIM} fill="none" stroke="var(--accent)" strokeWidth="1.3" />
      <rect x="5.4" y="7.4" width="5.2" height="3.6" rx="0.8" fill="var(--accent)" />
      <path d="M6.4 7.4V6.3a1.6 1.6 0 013.2 0v1.1" fill="none" stroke="var(--accent)" strokeWidth="1.2" />
    </>
  ),
  unknown: (
    <>
      <path d={RIM} fill="none" stroke="var(--warn)" strokeWidth="1.3" strokeDasharray="2 1.6" />
      <path
        d="M6.3 6.3c0-2.3 3.4-2.2 3.4-.1 0 1.4-1.7 1.4-1.7 2.7M8 11v.3"
        fill="none"
        stroke="var(--warn)"
        strokeWidth="1.4"
        strokeLinecap="round"
      />
    </>
  ),
  tampered: (
    <>
      <path d={RIM} fill="var(--danger)" />
      <path d="M8.8 1.2L6.9 6l2.6 2.2L7 14.8" fill="none" stroke="var(--surface)" strokeWidth="1.7" />
    </>
  ),
} satisfies Record<SealState, React.ReactNode>;
