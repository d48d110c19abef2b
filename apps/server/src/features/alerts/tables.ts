import type { alerts } from "@gatehouse/contract";
import type { ColumnType, Generated, Kysely } from "kysely";
import type { MetricValue } from "./signal.ts";

/** Written as JSON text, read parsed. */
type Json<T> = ColumnType<T, string, string>;
type JsonOrNull<T> = ColumnType<T | null, string | null, string | null>;

export interface RulesTable {
  id: string;
  tenant_id: string;
  name: string;
  enabled: boolean;
  severity: alerts.Severity;
  scope: Json<alerts.RuleBody["scope"]>;
  condition: Json<alerts.RuleCondition>;
  hold_ms: number;
  schedule: JsonOrNull<alerts.RuleSchedule>;
  channel_ids: string[];
  repeat_ms: number;
  escalation: JsonOrNull<alerts.EscalationStep[]>;
  created_at: Date;
  updated_at: Date;
}

export interface AlertEscalationsTable {
  alert_id: string;
  started_at: Date;
  steps: Json<readonly alerts.EscalationStep[]>;
  done_at: Date[];
  due_at: Date | null;
  stopped_at: Date | null;
}

export interface RuleStatesTable {
  rule_id: string;
  device_id: string;
  since_at: Date;
  seen_at: Date | null;
  value: JsonOrNull<MetricValue>;
}

export interface AlertEngineTable {
  only_row: Generated<boolean>;
  alive_at: Date;
}

export interface AlertsTable {
  id: string;
  tenant_id: string;
  rule_id: string | null;
  rule_name: string;
  severity: alerts.Severity;
  state: alerts.Alert["state"];
  device_id: string | null;
  device_name: string;
  site_name: string;
  metric: string | null;
  condition: Json<alerts.RuleCondition>;
  value: JsonOrNull<MetricValue>;
  unit: string | null;
  event_id: string | null;
  event: JsonOrNull<alerts.AlertEventFacts>;
  raised_at: Date;
  created_at: Date;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  note: string | null;
  snoozed_until: Date | null;
  resolved_at: Date | null;
  next_at: Date | null;
  channel_ids: string[];
}

export interface AlertEventsTable {
  id: Generated<number>;
  alert_id: string;
  at: Date;
  kind: string;
  by_name: string | null;
  detail: string | null;
}

export interface NoticesSeenTable {
  tenant_id: string;
  person_id: string;
  seen_at: Date;
}

export interface FirstRulesTable {
  tenant_id: string;
  at: Date;
}

export interface AlertTables {
  rules: RulesTable;
  first_rules: FirstRulesTable;
  rule_states: RuleStatesTable;
  alert_engine: AlertEngineTable;
  alerts: AlertsTable;
  alert_events: AlertEventsTable;
  notices_seen: NoticesSeenTable;
  alert_escalations: AlertEscalationsTable;
}

/** The pool as this feature sees it. */
export type AlertDatabase = Kysely<AlertTables>;
