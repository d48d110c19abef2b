import { fileURLToPath } from "node:url";
import type { cameras } from "@gatehouse/contract";
import { loadPackageDefinition, type ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const PROTO = fileURLToPath(
  import.meta.resolve("@gatehouse/contract/proto/gatehouse/cameras/v1/cameras.proto"),
);

/** Messages of gatehouse.cameras.v1, as proto-loader gives and takes them with the options below. */
export interface PushFramesRequest {
  readonly cameraId: string;
  readonly kind: number;
  readonly capturedMs: number;
  readonly data: Buffer;
}
export interface PushFramesResponse {
  readonly taken: number;
  readonly refused: Readonly<Record<string, number>>;
}
export interface WatchFramesRequest {
  readonly cameraIds: readonly string[];
  readonly maxFps: number;
}
export interface FrameMessage {
  readonly cameraId: string;
  readonly kind: cameras.FrameKind;
  readonly number: number;
  readonly takenMs: number;
  readonly capturedMs: number;
  readonly data: Uint8Array;
}

/** The service as the published .proto says. */
export function camerasService(): ServiceDefinition {
  const definition = loadSync(PROTO, { keepCase: false, longs: Number, enums: Number, defaults: true });
  const loaded = loadPackageDefinition(definition) as unknown as {
    readonly gatehouse: {
      readonly cameras: { readonly v1: { readonly Cameras: { readonly service: ServiceDefinition } } };
    };
  };
  return loaded.gatehouse.cameras.v1.Cameras.service;
}
