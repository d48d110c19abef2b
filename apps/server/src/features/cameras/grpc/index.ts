import { AppError, type Clock, type ErrorCode, isUuid, type Logger, type Timer } from "@gatehouse/base";
import { type Bus, cameras } from "@gatehouse/contract";
import {
  type Metadata,
  Server,
  type ServerReadableStream,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { askedBy } from "../../../platform/audit/index.ts";
import type { Feature } from "../../../platform/feature.ts";
import type { PersonPrincipal } from "../../../platform/http/principal.ts";
import { toAppError } from "../../../platform/http/problem.ts";
import { actorOf } from "../../../platform/http/recorded.ts";
import { networkOf, RollingBudget } from "../../../platform/throttle/index.ts";
import type { CarriedFrames } from "../feed/carried.ts";
import { watchEndings } from "../feed/endings.ts";
import type { CameraLiveFeature } from "../live/index.ts";
import type { FeedAuthenticator, FeedLogin, FeedRefusal } from "../ports.ts";
import { type CurrentTls, credentialsOf } from "./credentials.ts";
import { bearerOf, failureOf } from "./failure.ts";
import { PushCall } from "./push-call.ts";
import {
  camerasService,
  type FrameMessage,
  type PushFramesRequest,
  type PushFramesResponse,
  type WatchFramesRequest,
} from "./service.ts";
import { sinkOf } from "./watch-sink.ts";

export interface CameraGrpcDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly bus: Bus;
  readonly carried: CarriedFrames;
  readonly live: Pick<CameraLiveFeature, "watch">;
  readonly authenticator: FeedAuthenticator;
  /** Who asks with a program's token. Fails with auth.token_invalid or request.rate_limited. */
  programOf(token: string): Promise<PersonPrincipal | undefined>;
  /** Undefined: plain, on loopback. */
  readonly tls: CurrentTls | undefined;
  readonly host: string;
  /** 0: any; undefined: none is opened. */
  readonly port: number | undefined;
}

export interface CameraGrpcFeature extends Feature {
  /** Where it listens. */
  listening(): readonly { readonly kind: "grpc" | "grpcs"; readonly host: string; readonly port: number }[];
}

type Push = ServerReadableStream<PushFramesRequest, PushFramesResponse>;
type Watch = ServerWritableStream<WatchFramesRequest, FrameMessage>;

const MAX_CALLS = 1_000;
const MAX_CALLS_PER_CONNECTION = 100;
/** Pushes of one device, a site gateway's too; one more ends the oldest. */
const MAX_CALLS_PER_DEVICE = 16;
/** Wrong keys and tokens of one network a minute. */
const FAILURES_PER_MINUTE = 30;
const CHECK_EVERY_MS = 1_000;
const MAX_CLIENT_LENGTH = 200;

/** Pictures over gRPC, on a port of its own: gatehouse.cameras.v1 as the .proto of packages/contract says. */
export function createCameraGrpc(deps: CameraGrpcDeps): CameraGrpcFeature {
  const { clock, bus, log } = deps;
  const kind = deps.tls === undefined ? "grpc" : "grpcs";
  const pushes = new Set<PushCall>();
  const failures = new RollingBudget(clock, FAILURES_PER_MINUTE, 60_000);
  let server: Server | undefined;
  let port: number | undefined;
  let calls = 0;
  let timer: Timer | undefined;
  let unwatch: () => void = () => undefined;

  const enter = (call: Push | Watch): void => {
    if (calls >= MAX_CALLS) throw new AppError("server.busy");
    calls++;
    let isOpen = true;
    const leave = (): void => {
      if (isOpen) calls--;
      isOpen = false;
    };
    for (const event of ["end", "close", "cancelled", "error", "finish"]) call.once(event, leave);
  };
  const addressOf = (call: Push | Watch): string =>
    call
      .getPeer()
      .replace(/:\d+$/, "")
      .replace(/^\[|\]$/g, "");
  const guarded = async <T>(address: string, identify: () => Promise<T>): Promise<T> => {
    const network = networkOf(address);
    try {
      return await identify();
    } catch (error) {
      if (toAppError(error).row.status === 401 && failures.takeOrWaitMs(network) > 0)
        throw new AppError("auth.throttled");
      throw error;
    }
  };
  const refused = (code: ErrorCode, address: string, whose: Partial<FeedRefusal> = {}): void => {
    const { tenantId, deviceId } = whose;
    const who = { ...(tenantId && { tenantId }), ...(deviceId && { deviceId }) };
    bus.publish("message.refused", { ...who, code, via: kind, address, atMs: clock.nowMs() });
  };
  const logIn = async (metadata: Metadata, address: string): Promise<FeedLogin> => {
    const found = await deps.authenticator.authenticate({ password: bearerOf(metadata), via: kind, address });
    const refusal: FeedRefusal | undefined =
      "refused" in found
        ? found
        : deps.carried.mayCome(found.deviceId)
          ? undefined
          : { refused: "camera.none", tenantId: found.tenantId, deviceId: found.deviceId };
    if (refusal !== undefined) {
      refused(refusal.refused, address, refusal);
      throw new AppError(refusal.refused);
    }
    return found as FeedLogin;
  };

  const push = (call: Push, reply: sendUnaryData<PushFramesResponse>): void => {
    const address = addressOf(call);
    const admit = async (): Promise<void> => {
      enter(call);
      const login = await guarded(address, () => logIn(call.metadata, address));
      if (call.cancelled || server === undefined) return;
      const { tenantId, deviceId } = login;
      const [oldest, ...newer] = [...pushes].filter((one) => one.login.deviceId === deviceId);
      if (newer.length + 1 >= MAX_CALLS_PER_DEVICE) oldest?.close("camera.taken");
      const pushed = new PushCall(call, reply, { ...deps, login, via: kind, address }, () => {
        pushes.delete(pushed);
        const over = { tenantId, deviceId, via: kind, reason: "closed", atMs: clock.nowMs() };
        bus.publish("device.disconnected", over);
      });
      pushes.add(pushed);
      bus.publish("device.connected", { tenantId, deviceId, via: kind, address, atMs: clock.nowMs() });
    };
    admit().catch((error: unknown) => reply(failed(error)));
  };
  const watch = (call: Watch): void => {
    const address = addressOf(call);
    const admit = async (): Promise<void> => {
      enter(call);
      const who = await guarded(address, () => deps.programOf(bearerOf(call.metadata)));
      if (who === undefined) throw new AppError("auth.required");
      const asker = {
        actor: actorOf(who),
        address,
        client: String(call.metadata.get("user-agent")[0] ?? "").slice(0, MAX_CLIENT_LENGTH),
        recorded: new Set<never>(),
      };
      const end = await askedBy(asker, () => deps.live.watch(who, wishOf(call.request), sinkOf(call)));
      if (call.cancelled) end();
      for (const event of ["cancelled", "close", "error", "finish"]) call.once(event, end);
    };
    admit().catch((error: unknown) => call.emit("error", failed(error)));
  };
  const failed = (error: unknown) => {
    if (toAppError(error).row.fault === "server") log.error({ err: error }, "grpc.failed");
    return failureOf(error);
  };

  return {
    name: "camera-grpc",
    listening: () => (port === undefined ? [] : [{ kind, host: deps.host, port }]),
    async start() {
      if (deps.port === undefined) return;
      const opened = new Server({
        "grpc.max_receive_message_length": cameras.FRAME_LIMITS.bytes + 1_024,
        "grpc.max_concurrent_streams": MAX_CALLS_PER_CONNECTION,
        "grpc.keepalive_time_ms": 30_000,
        "grpc.keepalive_timeout_ms": 10_000,
        "grpc.max_connection_idle_ms": 120_000,
      });
      opened.addService(camerasService(), { PushFrames: push, WatchFrames: watch });
      port = await bind(opened, `${hostIn(deps.host)}:${deps.port}`, credentialsOf(deps.tls));
      server = opened;
      unwatch = watchEndings(bus, (isOver, code) => {
        for (const pushed of pushes) if (isOver(pushed.login)) pushed.close(code);
      });
      timer = clock.every(CHECK_EVERY_MS, () => {
        for (const pushed of pushes) pushed.check();
      });
    },
    async stop() {
      timer?.cancel();
      unwatch();
      for (const pushed of pushes) pushed.close("server.stopping");
      const ended = server;
      server = undefined;
      port = undefined;
      ended?.forceShutdown();
    },
  };
}

function wishOf({ cameraIds, maxFps }: WatchFramesRequest): {
  cameraIds: string[];
  maxFps: number | undefined;
} {
  const ids = [...new Set(cameraIds)];
  if (ids.length === 0 || ids.length > cameras.MAX_WATCHED || !ids.every(isUuid) || maxFps > 60)
    throw new AppError("request.invalid", {
      cameraIds: `1 to ${cameras.MAX_WATCHED} UUIDs`,
      maxFps: "0 to 60",
    });
  return { cameraIds: ids, maxFps: maxFps || undefined };
}

const hostIn = (host: string): string => (host.includes(":") ? `[${host}]` : host);

const bind = (
  server: Server,
  address: string,
  credentials: ReturnType<typeof credentialsOf>,
): Promise<number> =>
  new Promise((resolve, reject) =>
    server.bindAsync(address, credentials, (error, port) => (error === null ? resolve(port) : reject(error))),
  );
