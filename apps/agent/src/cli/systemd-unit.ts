import type { CameraSource } from "../cameras/camera-source.ts";

export interface UnitOptions {
  readonly nodePath: string;
  readonly mainPath: string;
  readonly stateDir: string;
  readonly user: string;
  /** Whether it may switch LEDs, which lie in /sys. */
  readonly writesLeds: boolean;
  readonly cameras: readonly CameraSource[];
}

/** The agent itself, and what its ffmpeg children want for each camera. */
const [MEMORY_MB, CAMERA_MEMORY_MB] = [256, 192];
/** Model and runtime of the detector that the cameras share, and of one that somebody uploaded. */
const DETECTOR_MEMORY_MB = 640;
const [TASKS, CAMERA_TASKS] = [64, 16];

/** The service: started at boot, started again whenever it ends, and able to write nothing but its own state. */
export function systemdUnit({
  nodePath,
  mainPath,
  stateDir,
  user,
  writesLeds,
  cameras,
}: UnitOptions): string {
  const paths = cameras.flatMap((source) => ("path" in source ? [source.path] : []));
  const usesWebcam = cameras.some(({ kind }) => kind === "v4l2");
  return `[Unit]
Description=Gatehouse agent
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
ExecStart=${[nodePath, mainPath, "run", "--state-dir", stateDir].map(quote).join(" ")}
User=${user}
${usesWebcam ? "SupplementaryGroups=video\n" : ""}Restart=always
RestartSec=5
TimeoutStopSec=20
UMask=0077
MemoryMax=${memoryMb(cameras.length)}M
TasksMax=${TASKS + CAMERA_TASKS * cameras.length}
ReadWritePaths=${[stateDir, ...(writesLeds ? ["-/sys/class/leds", "-/sys/devices"] : [])].map(quote).join(" ")}
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=${[nodePath, mainPath, stateDir, ...paths].some(isInHome) ? "read-only" : "yes"}
PrivateTmp=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
${writesLeds ? "" : "ProtectKernelTunables=yes\n"}ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX

[Install]
WantedBy=multi-user.target
`;
}

const memoryMb = (cameras: number): number =>
  MEMORY_MB + (cameras === 0 ? 0 : DETECTOR_MEMORY_MB) + CAMERA_MEMORY_MB * cameras;

const isInHome = (path: string): boolean => /^\/(home|root)\//.test(path);

/** systemd.service(5), "Command lines": double quotes, with `\\`, `"`, `%` and `$` escaped. */
const quote = (text: string): string =>
  `"${text.replace(/[\\"]/g, "\\$&").replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
