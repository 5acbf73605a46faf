/** What the server takes, at most. Both sides know these numbers, so that a client need not be refused to learn them. */
export const LIMITS = {
  /** Opaque bytes of one `signal`: 44 KiB, the largest bucket of sealed signalling. */
  signalPayloadBytes: 45_056,
  /** One socket message or one request body. */
  messageBytes: 65_536,
  /** Parties in one session. */
  partiesPerSession: 16,
  /** Live sessions that one party may be in, by its role. */
  sessionsPerPage: 8,
  sessionsPerEnterprise: 256,
  /** Parties that one party may watch. */
  watchedParties: 256,
  /** How long a session lives, in seconds. */
  sessionSecondsMin: 30,
  sessionSecondsMax: 86_400,
  sessionSecondsDefault: 900,
  /** Why a session was cancelled, in UTF-16 code units. */
  reasonLength: 200,
  /** Device type and device id, in UTF-16 code units. */
  deviceTypeLength: 32,
  deviceIdLength: 64,
  /** Sessions on one page of a list. */
  pageSize: 100,
  /** How long a login challenge can be answered, in seconds. */
  challengeSeconds: 60,
  /** How long a token is valid, in seconds. */
  tokenSeconds: 900,
  /** Events of one socket but `signal`, and requests of one party: sustained rate a second and burst. */
  eventsPerSecond: 20,
  eventBurst: 60,
  /** `signal` frames: a mesh of sixteen sends about sixteen ICE and SDP frames to each of fifteen others at once. */
  signalsPerSecond: 50,
  signalBurst: 240,
  /** Opaque bytes of one piece of mail: as of a signal. */
  mailPayloadBytes: 45_056,
  /** What waits for one receiver in one session. */
  mailsPerReceiver: 256,
  mailBytesPerReceiver: 1_048_576,
  /** Payloads of one answer to who takes its mail over REST. */
  mailPageBytes: 180_224,
  /** How long mail is kept, in seconds; and no longer than its session. */
  mailSeconds: 600,
  /** Mail that one party leaves, on socket and REST together: sustained rate a second and burst. A key generation over the mailbox alone fits. */
  mailsPerSecond: 20,
  mailBurst: 120,
  /** STUN and TURN addresses, each. */
  iceUrls: 8,
  /** How long the credentials for a TURN server are good, in seconds. */
  iceSeconds: 600,
} as const
