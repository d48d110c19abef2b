import { AppError } from "@gatehouse/base";
import type { ServerWritableStream } from "@grpc/grpc-js";
import type { FrameSink } from "../live/index.ts";
import { failureOf } from "./failure.ts";
import type { FrameMessage, WatchFramesRequest } from "./service.ts";

/** A call of WatchFrames, as what watches sees it: the next frame when the one before has left this process. */
export const sinkOf = (call: ServerWritableStream<WatchFramesRequest, FrameMessage>): FrameSink => ({
  send({ cameraId, kind, number, takenMs, deviceMs, bytes }, done) {
    call.write({ cameraId, kind, number, takenMs, capturedMs: deviceMs ?? 0, data: bytes }, done);
  },
  end(code) {
    call.emit("error", failureOf(new AppError(code)));
  },
  cut() {
    call.emit("error", failureOf(new AppError("server.busy")));
  },
});
