import type { ReactNode } from "react";

/** Shapes of states in a box of 12 by 12, so that they are told apart without colour. `colour`: a custom property. */
export const STATE_SHAPES = {
  disc: (colour) => <circle cx="6" cy="6" r="4.5" fill={`var(${colour})`} />,
  half: (colour) => (
    <>
      <circle cx="6" cy="6" r="4.3" fill="none" stroke={`var(${colour})`} strokeWidth="1.6" />
      <path d="M6 1.7a4.3 4.3 0 010 8.6z" fill={`var(${colour})`} />
    </>
  ),
  ring: (colour) => <circle cx="6" cy="6" r="4.2" fill="none" stroke={`var(${colour})`} strokeWidth="1.7" />,
  dashed: (colour) => (
    <circle
      cx="6"
      cy="6"
      r="4.2"
      fill="none"
      stroke={`var(${colour})`}
      strokeWidth="1.5"
      strokeDasharray="1.8 1.5"
    />
  ),
  struck: (colour) => (
    <>
      <circle cx="6" cy="6" r="4.3" fill="none" stroke={`var(${colour})`} strokeWidth="1.5" />
      <path d="M3 9l6-6" stroke={`var(${colour})`} strokeWidth="1.5" />
    </>
  ),
} satisfies Record<string, (colour: string) => ReactNode>;
