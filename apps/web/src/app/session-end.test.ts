import { expect, test, vi } from "vitest";
import { liveHub } from "../data/live.ts";
import { queryClient } from "../data/query.ts";
import { endSession } from "./session-end.ts";

test("nothing that was read in a session is left in the page when it ends, with or without the server", () => {
  const stop = vi.spyOn(liveHub, "stop");
  queryClient.setQueryData(["people"], [{ name: "Ada" }]);
  endSession();
  expect(queryClient.getQueryCache().getAll()).toEqual([]);
  expect(queryClient.getMutationCache().getAll()).toEqual([]);
  expect(stop).toHaveBeenCalledOnce();
});
