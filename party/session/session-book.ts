/** The sessions of the unlocked party, and what the introduction server last said of each. */
import { InputError } from '@trivet/protocol/core'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { SessionView } from '../views.ts'
import type { LiveSession } from './live-session.ts'

/** Sessions that are over and still shown; the oldest are forgotten first. */
const MAX_OVER = 50

export class SessionBook {
  readonly #sessions = new Map<SessionId, LiveSession>()
  readonly #infos = new Map<SessionId, SessionInfo>()

  all(): readonly LiveSession[] {
    return [...this.#sessions.values()]
  }

  /** Of those that people are to see. */
  views(): readonly SessionView[] {
    return this.all().filter(({ isBackground }) => isBackground !== true).map((session) => session.view())
  }

  /** Whether people are in the middle of something. */
  get isBusy(): boolean {
    return this.all().some(({ isOver, isBackground }) => !isOver && isBackground !== true)
  }

  /** How many are not over. */
  get live(): number {
    return this.all().filter(({ isOver }) => !isOver).length
  }

  find(id: SessionId): LiveSession | undefined {
    return this.#sessions.get(id)
  }

  /** @throws {InputError} */
  get(id: SessionId): LiveSession {
    const session = this.#sessions.get(id)
    if (session === undefined) throw new InputError('session', 'there is no such session on this device')
    return session
  }

  put(session: LiveSession): void {
    const over = this.all().filter(({ isOver }) => isOver)
    for (const old of over) if (old.isBackground === true) this.forget(old.id)
    for (const old of over.slice(0, -MAX_OVER)) this.forget(old.id)
    this.#sessions.set(session.id, session)
  }

  forget(id: SessionId): void {
    this.#sessions.get(id)?.wipe?.()
    this.#sessions.delete(id)
    this.#infos.delete(id)
  }

  /** Whether the introduction server has said that a party joined one of these sessions. */
  isIn(id: SessionId, party: PartyId): boolean {
    return this.#infos.get(id)?.participants.some(({ party_id: one, status }) => one === party && status !== 'invited') === true
  }

  /** @returns whether it is about one of these sessions */
  told(info: SessionInfo): boolean {
    const session = this.#sessions.get(info.session_id)
    if (session === undefined) return false
    this.#infos.set(info.session_id, info)
    session.told(info)
    return true
  }

  presence(party: PartyId, online: boolean): void {
    for (const info of [...this.#infos.values()]) {
      if (!info.participants.some((participant) => participant.party_id === party)) continue
      const participants = info.participants.map((participant) => (participant.party_id === party ? { ...participant, online } : participant))
      this.told({ ...info, participants })
    }
  }
}
