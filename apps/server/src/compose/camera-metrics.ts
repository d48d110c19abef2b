import { cameras as contract } from "@gatehouse/contract";
import type { CameraEventsFeature } from "../features/camera-events/index.ts";
import type { CamerasFeature } from "../features/cameras/index.ts";
import type { CameraLiveFeature } from "../features/cameras/live/index.ts";
import type { RecordingsFeature } from "../features/recordings/index.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";

/** Figures of all cameras together, none of a single one. */
export function addCameraMetrics(
  metrics: Metrics,
  {
    cameras,
    live,
    events,
    recordings,
  }: {
    readonly cameras: CamerasFeature;
    readonly live: CameraLiveFeature;
    readonly events: CameraEventsFeature;
    readonly recordings: RecordingsFeature;
  },
): void {
  const totals = () => cameras.stats().totals;
  metrics.add({
    name: "gatehouse_cameras",
    help: "Cameras that sent something since start, by state",
    labels: ["state"],
    read() {
      const { states } = cameras.stats();
      return contract.CAMERA_STATES.map((state) => ({ labels: { state }, value: states.get(state) ?? 0 }));
    },
  });
  metrics.add({
    name: "gatehouse_camera_connections",
    help: "Cameras that send plain frames over a WebSocket now",
    read: () => cameras.stats().connections,
  });
  metrics.add({
    name: "gatehouse_camera_viewers",
    help: "Browsers that watch cameras live now",
    read: () => live.viewerCount(),
  });
  metrics.add({
    name: "gatehouse_camera_frames_total",
    help: "Frames of cameras that were taken since start",
    read: () => totals().frames,
  });
  metrics.add({
    name: "gatehouse_camera_bytes_total",
    help: "Bytes of the frames that were taken since start",
    read: () => totals().bytes,
  });
  metrics.add({
    name: "gatehouse_camera_frames_refused_total",
    help: "Frames of cameras that were refused since start, by reason",
    labels: ["code"],
    read: () => [...totals().refusedByCode].map(([code, value]) => ({ labels: { code }, value })),
  });
  metrics.add({
    name: "gatehouse_agent_clips_total",
    help: "Segments that cameras' own machines brought since start, taken or why not",
    labels: ["result"],
    read() {
      const { taken, refused } = recordings.agentClips.counts();
      const all = Object.entries({ taken, ...refused });
      return all.map(([result, value]) => ({ labels: { result }, value }));
    },
  });
  metrics.add({
    name: "gatehouse_recording_cameras",
    help: "Cameras whose frames are being written now",
    read: () => recordings.stats().recording,
  });
  metrics.add({
    name: "gatehouse_recording_frames_lost_total",
    help: "Frames that were to be recorded since start and are not: no room, or a disk too slow",
    read: () => recordings.stats().lostFrames,
  });
  metrics.add({
    name: "gatehouse_camera_looks_total",
    help: "Frames of cameras that were looked at for motion since start",
    read: () => events.stats().looks,
  });
  metrics.add({
    name: "gatehouse_camera_looks_failed_total",
    help: "Frames of cameras that could not be decoded to look at them since start",
    read: () => events.stats().failed,
  });
  metrics.add({
    name: "gatehouse_detector_looks_total",
    help: "Frames of cameras in which people and other things were looked for since start, here",
    read: () => events.detectionStats().looks,
  });
  metrics.add({
    name: "gatehouse_detector_looks_skipped_total",
    help: "Frames that newer ones came before while others were looked at, since start",
    read: () => events.detectionStats().skipped,
  });
  metrics.add({
    name: "gatehouse_detector_looks_failed_total",
    help: "Frames in which nothing could be looked for since start",
    read: () => events.detectionStats().failed,
  });
  metrics.add({
    name: "gatehouse_detector_look_seconds_total",
    help: "What all looks took since start, with making the small pictures",
    read: () => events.detectionStats().lookMs / 1_000,
  });
}
