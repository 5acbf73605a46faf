/**
 * What signalling and its clients say to each other: ids, sessions, login, events, errors and limits. Field names are
 * those of the REST contract. Shared by the server and by `party/transport`; knows nothing of protocols.
 */
export { LIMITS } from './limits.ts'
export { WireError } from './parse.ts'
export { ERROR_STATUS, parseErrorShape, type ErrorCode, type ErrorShape } from './errors.ts'
export {
  PARTY_STATUSES, SESSION_STATUSES, SESSION_TYPES, isPartyId, isSessionId,
  parseCancelRequest, parseCompleteRequest, parseCreatedSession, parseJoinRequest, parseJoinedSession, parseSessionInfo, parseSessionRequest,
  type CompleteRequest, type CreatedSession, type JoinRequest, type JoinedSession, type ParticipantInfo, type PartyId, type PartyStatus,
  type SessionId, type SessionInfo, type SessionRequest, type SessionStatus, type SessionType,
} from './session.ts'
export {
  loginMessage, parseChallenge, parseChallengeRequest, parseIssuedToken, parseTokenRequest, partyIdOf,
  type Challenge, type ChallengeRequest, type IssuedToken, type TokenRequest,
} from './login.ts'
export {
  ROLES, parseAcknowledged, parsePresenceEvent, parseRegister, parseSessionEvent, parseSignalIn, parseSignalOut, parseTokenEvent,
  parseWatch, parseWatchAnswer,
  type ClientEvent, type PresenceEvent, type Register, type Role, type ServerEvent, type SessionEvent, type SignalIn, type SignalOut,
  type TokenEvent, type Watch, type WatchAnswer,
} from './events.ts'
export { parseLeaveRequest, parseMailIn, parseMailOut, parseMessages, type LeaveRequest, type MailIn, type MailOut, type Message } from './mailbox.ts'
export { isStunUrl, isTurnUrl, parseIceAnswer, type IceAnswer, type IceServer } from './ice.ts'
