import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { console_ } from "./console-route.tsx";
import { textSearch } from "./search.ts";

const cameras = createRoute({
  getParentRoute: () => console_,
  path: "/cameras",
  beforeLoad: () => {
    throw redirect({ to: "/cameras/live", replace: true });
  },
});

const camerasLive = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/live",
  validateSearch: textSearch("grid", "offset"),
  staticData: { crumbs: [{ label: "cameras", to: "/cameras/live" }, { label: "live" }] },
  component: lazyRouteComponent(() => import("../features/cameras/live-page.tsx"), "LivePage"),
});

const camera = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/$cameraId/{-$tab}",
  staticData: { crumbs: [{ label: "cameras", to: "/cameras/live" }] },
  component: lazyRouteComponent(() => import("../features/cameras/camera-page.tsx"), "CameraPage"),
});

const playback = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/playback",
  validateSearch: textSearch("cameras", "at", "span"),
  staticData: { crumbs: [{ label: "cameras", to: "/cameras" }, { label: "playback" }] },
  component: lazyRouteComponent(() => import("../features/recordings/playback-page.tsx"), "PlaybackPage"),
});

const clips = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/clips",
  validateSearch: textSearch(
    ...(["q", "camera", "kind", "class", "people", "zone", "verdict", "case"] as const),
    ...(["from", "to", "weekday", "hour", "view"] as const),
  ),
  staticData: { crumbs: [{ label: "cameras", to: "/cameras" }, { label: "clips" }] },
  component: lazyRouteComponent(() => import("../features/recordings/clips/clips-page.tsx"), "ClipsPage"),
});

const cases = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/cases",
  validateSearch: textSearch("q", "state", "offset"),
  staticData: { crumbs: [{ label: "cameras", to: "/cameras" }, { label: "cases" }] },
  component: lazyRouteComponent(() => import("../features/cases/cases-page.tsx"), "CasesPage"),
});

const oneCase = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/cases/$caseId",
  staticData: {
    crumbs: [
      { label: "cameras", to: "/cameras" },
      { label: "cases", to: "/cameras/cases" },
    ],
  },
  component: lazyRouteComponent(() => import("../features/cases/case-page.tsx"), "CasePage"),
});

const clip = createRoute({
  getParentRoute: () => console_,
  path: "/clips/$eventId",
  staticData: {
    crumbs: [
      { label: "cameras", to: "/cameras" },
      { label: "clips", to: "/cameras/clips" },
    ],
  },
  component: lazyRouteComponent(() => import("../features/evidence/clip-page.tsx"), "ClipPage"),
});

const links = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/links",
  validateSearch: textSearch("camera", "state", "offset"),
  staticData: { crumbs: [{ label: "cameras", to: "/cameras" }, { label: "links" }] },
  component: lazyRouteComponent(() => import("../features/recordings/shares/shares-page.tsx"), "SharesPage"),
});

const takeouts = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/exports",
  staticData: { crumbs: [{ label: "cameras", to: "/cameras" }, { label: "exports" }] },
  component: lazyRouteComponent(
    () => import("../features/recordings/exports/exports-page.tsx"),
    "ExportsPage",
  ),
});

const recordingStorage = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/storage",
  staticData: { crumbs: [{ label: "cameras", to: "/cameras" }, { label: "recordingStorage" }] },
  component: lazyRouteComponent(
    () => import("../features/recordings/storage/storage-page.tsx"),
    "StoragePage",
  ),
});

const activity = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/activity",
  validateSearch: textSearch(
    ...(["q", "camera", "kind", "class", "people", "zone", "verdict", "case"] as const),
    ...(["from", "to"] as const),
  ),
  staticData: { crumbs: [{ label: "cameras", to: "/cameras" }, { label: "activity" }] },
  component: lazyRouteComponent(() => import("../features/activity/activity-page.tsx"), "ActivityPage"),
});

const daySummary = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/summary",
  validateSearch: textSearch("day"),
  staticData: { crumbs: [{ label: "cameras", to: "/cameras" }, { label: "daySummary" }] },
  component: lazyRouteComponent(() => import("../features/activity/summary-page.tsx"), "SummaryPage"),
});

const detectors = createRoute({
  getParentRoute: () => console_,
  path: "/cameras/detectors",
  staticData: { crumbs: [{ label: "cameras", to: "/cameras" }, { label: "detectors" }] },
  component: lazyRouteComponent(() => import("../features/detectors/detectors-page.tsx"), "DetectorsPage"),
});

/** Cameras, what they recorded, and what is made of it. */
export const cameraRoutes = [
  cameras,
  camerasLive,
  camera,
  playback,
  clips,
  cases,
  oneCase,
  clip,
  links,
  takeouts,
  recordingStorage,
  activity,
  daySummary,
  detectors,
] as const;
