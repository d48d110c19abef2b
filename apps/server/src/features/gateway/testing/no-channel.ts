import { AppError } from "@gatehouse/base";
import type {
  CameraDesk,
  DeviceSettingsDesk,
  DeviceWitnessDesk,
  FrameDesk,
  SecureChannel,
  SiteGatewayDesk,
} from "../ports.ts";

/** A door without the secure channel: every frame is refused, nothing is required. */
export const NO_CHANNEL: SecureChannel = {
  connect: () => ({
    receive() {
      throw new AppError("envelope.refused");
    },
    seal: () => undefined,
    hasSession: () => false,
    end() {},
  }),
  reasonOf: () => "envelope.unknown_key",
  isRequired: () => false,
  async takeKeys() {
    throw new AppError("envelope.refused");
  },
  async takeMarks() {},
};

/** A door at which nobody takes settings. */
export const NO_DEVICE_SETTINGS: DeviceSettingsDesk = { reported: async () => "message.schema" };

/** A door at which nobody cosigns. */
export const NO_WITNESSES: DeviceWitnessDesk = { said: async () => "message.schema" };

/** A door at which no camera judges what it sees. */
export const NO_CAMERAS: CameraDesk = { said: async () => "message.schema" };

/** A door without cameras. */
export const NO_FRAMES: FrameDesk = { mayCome: () => false, take: () => "camera.none", end() {} };

/** A door at which nobody speaks for others and no meter reads. */
export const NO_SITE_GATEWAYS: SiteGatewayDesk = {
  isAssigned: () => false,
  control: async () => "message.schema",
  meterReading: async () => "message.schema",
};
