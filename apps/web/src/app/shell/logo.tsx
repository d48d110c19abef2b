/** A gate under an arch. Decorative: the name stands beside it. */
export function Logo(props: { size?: number }) {
  const size = props.size ?? 20;
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path
        d="M2 18V8.6A8 8 0 0110 1a8 8 0 018 7.6V18h-3.4V9.4A4.6 4.6 0 0010 4.8a4.6 4.6 0 00-4.6 4.6V18z"
        fill="var(--accent)"
      />
      <path d="M8.1 18v-7M11.9 18v-7M5.4 13.2h9.2" stroke="var(--accent)" strokeWidth="1.5" />
    </svg>
  );
}
