import { lazy, Suspense } from "react";
import { useConfirmAsked } from "../../data/identity.ts";

const StepUpDialog = lazy(() => import("./step-up-dialog.tsx"));

/** The one place that answers calls which need a fresh second factor. Its code comes with the first of them. */
export function StepUp() {
  const asked = useConfirmAsked();
  return <Suspense>{asked && <StepUpDialog />}</Suspense>;
}
