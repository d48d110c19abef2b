/** Sizes and times of the MQTT door, with their reasons. */
export const MQTT_LIMITS = {
  /** A CONNECT that does not come, or a log-in that does not end, frees its place after this long. */
  connectTimeoutMs: 10_000,
  /** A packet larger than this ends the connection before it is buffered: payload limit, topic, header, some slack. */
  packetBytes: 128 * 1024,
  /** Before log-in nothing but CONNECT is expected: client id, will (64 KiB), name, password. */
  connectPacketBytes: 72 * 1024,
  clientIdBytes: 128,
  connectionsPerDevice: 16,
  /** Longest keep-alive, seconds: a silent peer is noticed within 1.5 times this. 0 (never) is raised to it. */
  keepaliveSeconds: 3_600,
  /** What is read from a socket at once: its messages are held together until all of them are stored. */
  readPortionBytes: 64 * 1024,
  /** A subscriber that lets this much pile up is too slow: QoS 0 is dropped, for QoS 1 and 2 the connection ends. */
  slowSubscriberBytes: 256 * 1024,
  /** Twice the slow limit, so that no write to a subscriber ever waits (and stalls the others). */
  socketBufferBytes: 512 * 1024,
  drainTimeoutMs: 5_000,
  /** A QoS 1 message that cannot be stored for this long is not acknowledged: the connection ends, the device resends. */
  holdMs: 10_000,
  /** Messages waiting for room in the store, over all connections, at which no socket is read any more. */
  readWhileWaiting: 2_000,
  /** The same, at which connections end: what was read before the reading stopped. */
  heldMessages: 50_000,
  /** Topics of grants that a connection remembers as allowed or not. */
  rememberedTopics: 256,
  inboundQos2: 1_000,
} as const;

/** What is kept for clients that asked for it, each bounded. */
export const SESSION_LIMITS = {
  perDevice: 8,
  queuedMessages: 1_000,
  queuedBytes: 1024 * 1024,
  retainedPerDevice: 256,
  retainedTotal: 10_000,
  retainedBytes: 32 * 1024 * 1024,
  /** Over all clients: a fleet of sleeping clients must not fill the memory. */
  allQueuedBytes: 128 * 1024 * 1024,
} as const;
