import { lazy, Suspense } from "react";
import { useHeld } from "../../data/held.ts";

const HeldDialog = lazy(() => import("./held-dialog.tsx"));

/** The one place that says that an act waits for a second person. Its code comes with the first of them. */
export function HeldAct() {
  const held = useHeld();
  return <Suspense>{held !== undefined && <HeldDialog held={held} />}</Suspense>;
}
