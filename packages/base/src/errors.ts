/** Whose mistake it was: decides the log level and what the console advises. */
export type Fault = "caller" | "server" | "elsewhere";

export interface ErrorRow {
  /** HTTP status (RFC 9110). */
  readonly status: number;
  /** English title, one sentence; the console's EN and FR texts are in the web catalogue under `errors.<code>`. */
  readonly title: string;
  readonly fault: Fault;
  /** Whether the same request may succeed later without a change. */
  readonly retry: boolean;
}

const row = (status: number, title: string, fault: Fault = "caller", retry = false): ErrorRow => ({
  status,
  title,
  fault,
  retry,
});

/** The catalogue: every code the product can answer. docs/errors.md and both languages cover each (tested). */
export const ERRORS = {
  // any request
  "request.invalid": row(400, "The request does not have the expected shape."),
  "request.too_large": row(413, "The request is larger than allowed."),
  "request.unsupported_media_type": row(415, "This content type is not accepted here."),
  "request.cross_site": row(403, "The request came from another site."),
  "request.rate_limited": row(429, "Too many requests.", "caller", true),
  "request.not_found": row(404, "Nothing is found at this address."),
  "request.method_not_allowed": row(405, "This method is not offered at this address."),
  "request.conflict": row(409, "Somebody else changed this in the meantime."),
  "server.internal": row(500, "Something failed inside Gatehouse.", "server", true),
  "server.busy": row(503, "Gatehouse has more work than it can take at the moment.", "server", true),
  "server.stopping": row(503, "Gatehouse is stopping.", "server", true),
  "server.disk_full": row(507, "The disk is full.", "server", true),
  // people
  "auth.required": row(401, "Log in first."),
  "auth.invalid_credentials": row(401, "The e-mail address or the password is wrong."),
  "auth.forbidden": row(403, "Your role does not allow this."),
  "auth.throttled": row(429, "Too many attempts. Wait, then try again.", "caller", true),
  "auth.setup_link_invalid": row(403, "This setup link is not valid any more."),
  "auth.setup_done": row(409, "This installation already has an owner."),
  "auth.password_weak": row(422, "This password is too easy to guess."),
  "auth.session_ended": row(401, "This session has ended. Log in again."),
  "auth.login_expired": row(401, "This log-in took too long or was ended. Start again."),
  "auth.link_invalid": row(403, "This link is not valid any more, or not in this browser."),
  "auth.code_wrong": row(422, "The code is wrong."),
  "auth.code_expired": row(422, "The code has run out or was replaced by a later one."),
  "auth.codes_exhausted": row(429, "Too many wrong codes today.", "caller", true),
  "auth.message_limit": row(429, "No more codes can be sent at the moment.", "caller", true),
  "auth.factor_unavailable": row(422, "This way of confirming is not available."),
  "auth.factor_required": row(403, "Set up a second factor first."),
  "auth.factor_exists": row(409, "This second factor is set up already."),
  "auth.factor_last": row(409, "The last second factor cannot be removed while one is required."),
  "auth.passkey_refused": row(403, "This passkey is not accepted."),
  "auth.passkey_on_address": row(422, "Passkeys need a name in the console's address, not an IP address."),
  "factor.not_found": row(404, "There is no such second factor."),
  "account.email_taken": row(409, "This e-mail address is already in use."),
  "account.not_found": row(404, "There is no such account."),
  "account.state": row(409, "This account is not in a state for that."),
  "account.last_owner": row(409, "The last owner cannot be locked, demoted or erased."),
  "account.own": row(409, "This cannot be done to one's own account."),
  "role.not_found": row(404, "There is no such role."),
  "role.exceeds_own": row(403, "Nobody can give a role that allows more than their own."),
  "auth.step_up_required": row(403, "Confirm with a second factor first."),
  "auth.token_invalid": row(401, "This token is wrong, has expired or was revoked."),
  "role.name_taken": row(409, "Another role already has this name."),
  "role.in_use": row(409, "Somebody still holds this role."),
  "grant.not_found": row(404, "There is no such grant."),
  "grant.exists": row(409, "This person already has this role there."),
  "approval.required": row(403, "A second person must approve this first; the request waits for them."),
  "approval.not_found": row(404, "There is no such request for approval."),
  "approval.closed": row(409, "This request has already been decided."),
  "approval.own": row(403, "Nobody approves their own request."),
  "approval.too_early": row(409, "The waiting time of this request is not over yet."),
  "token.not_found": row(404, "There is no such token."),
  "token.exceeds_own": row(
    403,
    "A token cannot allow more than its maker may do, nor acts that need a person.",
  ),
  "token.expiry_invalid": row(422, "A token must end within a year."),
  "tenant.not_found": row(404, "There is no such organisation."),
  "tenant.name_taken": row(409, "Another organisation already has this name."),
  "tenant.suspended": row(403, "This organisation is suspended."),
  "tenant.host": row(409, "The organisation that hosts the installation cannot be suspended."),
  "sign_up.closed": row(403, "Sign-up is not open here."),
  "sign_up.full": row(503, "Too many sign-ups wait for a decision.", "server", true),
  "sign_up.none": row(404, "No sign-up is under way in this browser."),
  "sign_up.other_browser": row(409, "The sign-up was begun in another browser."),
  "invitation.not_found": row(404, "There is no such invitation."),
  "invitation.closed": row(409, "This invitation was used, taken back or has expired."),
  "people.import_refused": row(422, "The people cannot be imported as they are."),
  // devices
  "device.not_found": row(404, "There is no such device."),
  "device.name_taken": row(409, "Another device already has this name."),
  "device.type_unknown": row(422, "There is no such device type."),
  "device.revoked": row(403, "This device is revoked."),
  "device.credentials_invalid": row(401, "The device's credentials are wrong."),
  "device.claim_invalid": row(403, "This claim code is unknown, used or expired."),
  "device.command_unknown": row(422, "This device type does not know this command."),
  "device.command_not_found": row(404, "There is no such command."),
  "device.topic_not_grantable": row(422, "This topic cannot be granted to a device."),
  "site.not_found": row(404, "There is no such site."),
  "site.name_taken": row(409, "Another site already has this name."),
  "site.not_empty": row(409, "This site still has devices."),
  "limit.reached": row(409, "The limit of this installation is reached."),
  // connections of devices
  "connection.tls_failed": row(400, "The encrypted connection could not be set up."),
  "connection.silent": row(408, "Nobody logged in on this connection in time."),
  // what devices send
  "message.malformed": row(400, "The message cannot be read."),
  "message.too_large": row(413, "The message is larger than allowed."),
  "message.too_deep": row(400, "The message is nested too deeply."),
  "message.invalid_utf8": row(400, "The message is not valid UTF-8."),
  "message.topic_unknown": row(404, "Gatehouse does not know this topic."),
  "message.topic_invalid": row(
    400,
    "The topic is longer or deeper than allowed, or holds characters that are not.",
  ),
  "message.topic_forbidden": row(403, "This device may not use this topic."),
  "message.schema": row(422, "The message does not match the device type."),
  "message.not_finite": row(422, "A value is not a finite number."),
  "message.out_of_range": row(422, "A value is outside what this device can physically measure."),
  "message.timestamp": row(422, "The timestamp is too far from now."),
  "message.too_many_metrics": row(422, "The device sends more different metrics than allowed."),
  "message.rate_limited": row(429, "The device sends faster than allowed.", "caller", true),
  // one code for whatever is wrong with an encrypted message: no answer tells how near it came
  "envelope.refused": row(403, "The encrypted message is not accepted."),
  // why, for our own counters: its sender is told `envelope.refused` and no more
  "envelope.malformed": row(403, "An encrypted message does not have the shape of one."),
  "envelope.suite": row(403, "An encrypted message came in a suite that is not allowed for its device."),
  "envelope.unknown_key": row(403, "An encrypted message names a key or a session that is not known here."),
  "envelope.replayed": row(
    403,
    "An encrypted message came a second time, or too late to tell whether it did.",
  ),
  "envelope.time": row(403, "An encrypted message is too old, or from the future."),
  "envelope.cloned": row(403, "A key is used by two devices at once, or by a copy of one."),
  "envelope.not_authentic": row(403, "An encrypted message was altered, or is not of the device it names."),
  // the secure channel
  "channel.required": row(403, "This device must use the secure channel."),
  "channel.suite_refused": row(403, "This suite is not allowed, or is weaker than one the device has used."),
  "channel.key_not_found": row(404, "This device has no such key."),
  "channel.group_not_found": row(404, "There is no such enrolment group."),
  // site gateways and meters
  "gateway.not_assignable": row(422, "This device cannot be assigned to this gateway."),
  "meter.contradiction": row(422, "The reading contradicts what this meter signed before."),
  "meter_read.not_found": row(404, "There is no such round of readings."),
  "meter_read.no_meters": row(422, "There is no meter to read."),
  // the agent on a device
  "agent.not_enrolled": row(409, "This machine is not enrolled yet."),
  "agent.already_enrolled": row(409, "This machine is enrolled already; --force gives it a new identity."),
  "agent.intercepted": row(
    403,
    "Somebody stands between this machine and the server. No secret was read, and nothing changed.",
  ),
  "agent.already_running": row(409, "An agent already runs on this state folder."),
  // trust
  "trust.already_quarantined": row(409, "This device is quarantined already."),
  "trust.not_quarantined": row(409, "This device is not quarantined."),
  // settings of devices
  "settings.not_taken": row(422, "Devices of this type take no settings from the server."),
  "settings.not_valid": row(422, "These are not settings of this device type."),
  "settings.version_not_found": row(404, "There is no such version of these settings."),
  // telemetry and boards
  "telemetry.series_not_found": row(404, "There is no such series."),
  "telemetry.range_invalid": row(400, "The time range is empty or too long."),
  "board.not_found": row(404, "There is no such board."),
  // rules, alerts, messages to people
  "rule.not_found": row(404, "There is no such rule."),
  "rule.invalid": row(422, "The rule cannot work as written."),
  "alert.not_found": row(404, "There is no such alert."),
  "channel.not_found": row(404, "There is no such notification channel."),
  "channel.invalid": row(422, "The channel's settings are not complete."),
  "channel.delivery_failed": row(502, "The channel did not accept the message.", "elsewhere", true),
  "outbox.not_found": row(404, "There is no such message."),
  "url.forbidden": row(422, "Gatehouse does not call this address."),
  "url.unreachable": row(502, "The address does not answer.", "elsewhere", true),
  // attack lab
  "lab.running": row(409, "A run of the attack lab is under way."),
  "lab.attack_not_found": row(404, "There is no such attack."),
  "lab.run_not_found": row(404, "There is no such run of the attack lab."),
  "lab.unavailable": row(503, "The attack lab is not part of this installation.", "server"),
  // ledger
  "ledger.malformed": row(400, "This is not a well-formed part of a transparency log."),
  "ledger.entry_not_found": row(404, "There is no such entry in the audit log."),
  "ledger.export_too_large": row(422, "This is too much for one export. Narrow it by time or index."),
  "ledger.witness_exists": row(409, "This key or log is there already."),
  "ledger.witness_not_found": row(404, "There is no such witness or witnessed log."),
  "ledger.range_invalid": row(422, "The audit log has no such range."),
  // operations
  "config.invalid": row(500, "The configuration is not valid.", "caller"),
  "database.unavailable": row(503, "The database does not answer.", "server", true),
  "database.start_failed": row(500, "The database does not start.", "server"),
  "database.in_use": row(500, "Another program already uses this data folder.", "caller"),
  "database.schema_newer": row(500, "The database was made by a newer version of Gatehouse.", "caller"),
  "database.migration_changed": row(500, "A migration that was already applied has changed.", "server"),
  "database.migration_failed": row(500, "A migration of the database failed.", "server"),
  "secret.unreadable": row(
    500,
    "A stored secret cannot be opened with the key of this installation.",
    "server",
  ),
  "server.already_running": row(409, "A server already runs on this data folder."),
  "server.not_running": row(409, "No server runs on this data folder."),
  "restore.not_empty": row(409, "There already is a database; --force replaces it."),
  "backup.exists": row(409, "This folder already exists."),
  "backup.invalid": row(422, "The backup cannot be read or is not whole."),
  "demo.exists": row(409, "The demo site is already there."),
  "demo.not_found": row(404, "There is no demo site."),
  "settings.invalid": row(422, "The setting's value is not valid."),
  "secret.required": row(422, "The destination changed: enter its secret again."),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;
