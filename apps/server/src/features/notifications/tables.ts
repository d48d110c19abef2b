import type { alerts } from "@gatehouse/contract";
import type { ColumnType, Generated, Kysely, Transaction } from "kysely";
import type { PlainSettings } from "./channel-secrets.ts";
import type { Medium, MessageClass } from "./direct-message.ts";
import type { Told } from "./ports.ts";

export interface ChannelsTable {
  id: string;
  tenant_id: string;
  name: string;
  enabled: boolean;
  settings: ColumnType<PlainSettings, string, string>;
  secrets: Buffer;
  min_severity: alerts.Severity;
  allow_private: boolean;
  daily_cap: number;
  health: alerts.Channel["health"];
  last_error: string | null;
  last_error_code: alerts.FailureCode | null;
  last_ok_at: Date | null;
  quiet_hours: ColumnType<alerts.QuietHours | null, string | null | undefined, string | null>;
  created_at: Date;
  updated_at: Date;
}

export interface DeliveriesTable {
  id: string;
  tenant_id: string;
  channel_id: string | null;
  channel_name: string;
  kind: string;
  recipient: string;
  subject: string;
  body: string;
  severity: alerts.Severity;
  notice: ColumnType<Told | null, string | null, string | null>;
  alert_id: string | null;
  state: alerts.Delivery["state"];
  attempts: Generated<number>;
  counted: Generated<boolean>;
  created_at: Date;
  next_at: Date | null;
  sent_at: Date | null;
  error: string | null;
  error_code: alerts.FailureCode | null;
  medium: Generated<Medium | null>;
  purpose: Generated<string | null>;
  class: Generated<MessageClass | null>;
  sealed: Generated<Buffer | null>;
  expires_at: Generated<Date | null>;
  push_device_id: Generated<string | null>;
}

export interface PushIdentityTable {
  only_row: Generated<boolean>;
  public_key: string;
  private_key: Buffer;
  created_at: Date;
}

export interface PushDevicesTable {
  id: string;
  tenant_id: string;
  person_id: string;
  session_id: string;
  label: string;
  fingerprint: string;
  sealed: Buffer;
  failures: Generated<number>;
  created_at: Date;
  last_ok_at: Date | null;
}

export interface PushChoicesTable {
  tenant_id: string;
  person_id: string;
  min_severity: alerts.Severity;
  quiet_hours: ColumnType<alerts.QuietHours | null, string | null, string | null>;
}

export interface DeliveryCountsTable {
  tenant_id: string;
  day: ColumnType<Date, string, string>;
  scope: string;
  count: number;
}

export interface NotificationTables {
  channels: ChannelsTable;
  deliveries: DeliveriesTable;
  delivery_counts: DeliveryCountsTable;
  message_counts: Omit<DeliveryCountsTable, "tenant_id">;
  push_identity: PushIdentityTable;
  push_devices: PushDevicesTable;
  push_choices: PushChoicesTable;
}

/** The pool as this feature sees it. */
export type NotificationDatabase = Kysely<NotificationTables>;

/** An open transaction of another feature. */
export type CallerTransaction<Tables> = Transaction<Tables>;

/** The database or a transaction of another feature. */
// biome-ignore lint/suspicious/noExplicitAny: whatever tables it is typed with
export type SharedTransaction = Kysely<any>;
