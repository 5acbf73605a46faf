import { Refusal } from '../refusal.ts'
import { placeOf, type Session } from '../rooms/session.ts'
import { tokenFor, viewFor } from '../rooms/view.ts'
import type { Presence } from '../rooms/presence.ts'
import type { PartyId } from '../wire/index.ts'
import type { Connection } from './connection.ts'

export interface DirectoryOptions {
  readonly presence: Presence
  /** Those who take part in a live session together with a party. */
  readonly peersOf: (party: PartyId) => readonly PartyId[]
  readonly clock: () => number
}

/** Who is connected now, and what they are told without asking. */
export class Directory {
  readonly #connections = new Map<PartyId, Connection>()
  readonly #presence: Presence
  readonly #peersOf: DirectoryOptions['peersOf']
  readonly #clock: () => number

  constructor({ presence, peersOf, clock }: DirectoryOptions) {
    this.#presence = presence
    this.#peersOf = peersOf
    this.#clock = clock
  }

  get(party: PartyId): Connection | undefined {
    return this.#connections.get(party)
  }

  all(): Connection[] {
    return [...this.#connections.values()]
  }

  /** The newer socket of a party takes the place of its older one, which is told so. */
  add(connection: Connection): void {
    const { party } = connection
    const older = this.#connections.get(party)
    this.#connections.set(party, connection)
    this.#presence.connect(party)
    older?.dismiss(new Refusal('conflict', 'this party has connected from elsewhere'))
    if (older === undefined) for (const peer of this.#peersOf(party)) this.#tellPresence(peer, party, true)
  }

  /** Does nothing for a connection that has been replaced. */
  remove(connection: Connection): void {
    const { party } = connection
    if (this.#connections.get(party) !== connection) return
    const seenBy = new Set([...this.#presence.mutual(party), ...this.#peersOf(party)])
    this.#connections.delete(party)
    this.#presence.disconnect(party)
    for (const other of seenBy) this.#tellPresence(other, party, false)
  }

  /** Replaces what a party watches; those who see it newly, or no longer, are told. @returns who of them is online */
  watch(party: PartyId, watched: readonly PartyId[]): PartyId[] {
    const before = new Set(this.#presence.mutual(party))
    this.#presence.watch(party, watched)
    const after = new Set(this.#presence.mutual(party))
    const peers = new Set(this.#peersOf(party))
    for (const other of after) if (!before.has(other)) this.#tellPresence(other, party, true)
    for (const other of before) if (!after.has(other) && !peers.has(other)) this.#tellPresence(other, party, false)
    return [...new Set(watched)].filter((other) => after.has(other) || (peers.has(other) && this.#presence.isOnline(other)))
  }

  /** Tells every connected member how a session stands. */
  tellChange(session: Session): void {
    for (const { party } of session.places) {
      const connection = party === undefined ? undefined : this.#connections.get(party)
      if (connection !== undefined) this.tell(connection, session)
    }
  }

  /** Tells one member how a session stands. */
  tell({ party, socket }: Connection, session: Session): void {
    if (placeOf(session, party) === undefined) return
    const token = tokenFor(session, party)
    const view = viewFor(session, party, this.#presence, this.#clock())
    socket.emit('session', { session: view, ...(token === undefined ? {} : { join_token: token }) })
  }

  #tellPresence(to: PartyId, party: PartyId, online: boolean): void {
    this.#connections.get(to)?.socket.emit('presence', { party_id: party, online })
  }
}
