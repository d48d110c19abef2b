import { operations, recovery } from "@gatehouse/contract";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { invalidate, query } from "../../data/query.ts";
import { QueryView } from "../../design/query-view.tsx";
import { KitMaker } from "../recovery/kit-maker.tsx";
import { StepFoot, StepHead } from "./setup-frame.tsx";

/** The printed code, while somebody is at the machine anyway. Can wait: the overview asks again. */
export function RecoveryStep(props: { organisation: string; onNext: () => void }) {
  const t = useTranslations("setup.recovery");
  const state = useQuery(query(recovery.getRecoveryKit, {}));
  return (
    <>
      <StepHead title={t("title")}>{t("intro")}</StepHead>
      <QueryView query={state} what={t("title")}>
        {({ kit }) =>
          kit === undefined ? (
            <KitMaker
              organisation={props.organisation}
              act={t("make")}
              onMade={() => {
                void invalidate(operations.getOverview);
                props.onNext();
              }}
            />
          ) : (
            <p role="status">{t("made")}</p>
          )
        }
      </QueryView>
      <StepFoot>
        <Button h={36} variant={state.data?.kit === undefined ? "default" : "filled"} onClick={props.onNext}>
          {t(state.data?.kit === undefined ? "later" : "next")}
        </Button>
      </StepFoot>
    </>
  );
}
