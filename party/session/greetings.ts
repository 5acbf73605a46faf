/**
 * What every member is told as soon as there is a channel to it. First the invitation as it came: so an inviter who told different
 * things to different parties is caught before anything starts.
 */
import { Blame, Bug, decodeEnvelope, encodeEnvelope, type Envelope } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { Ed25519 } from '../identity/ed25519.ts'
import { compareInvitations } from './invitation-copy.ts'
import type { SessionMember } from './member.ts'
import type { Mesh } from './mesh.ts'

export interface GreetingsOptions {
  readonly mesh: Mesh
  readonly members: readonly SessionMember[]
  readonly invitation: Envelope
  readonly ed25519: Ed25519
  /** The inviter signed this, too. */
  contradicted(theirs: Envelope): void
}

export class Greetings {
  readonly #options: GreetingsOptions
  readonly #all: Uint8Array[]
  readonly #greeted = new Set<PartyId>()

  constructor(options: GreetingsOptions) {
    this.#options = options
    this.#all = [encodeEnvelope(options.invitation)]
  }

  /** Opens the channel to a member, once it is there, and tells it all that was told. */
  connect({ card }: SessionMember): void {
    const { mesh } = this.#options
    if (this.#greeted.has(card.partyId)) return
    this.#greeted.add(card.partyId)
    mesh.connect(card)
    for (const envelope of this.#all) mesh.send(card.partyId, envelope)
  }

  /** Tells everybody, also who comes later. */
  tell(envelope: Envelope): void {
    const bytes = encodeEnvelope(envelope)
    this.#all.push(bytes)
    for (const party of this.#greeted) this.#options.mesh.send(party, bytes)
  }

  /**
   * Whether these bytes are somebody's copy of an invitation.
   * @throws {Blame} E_EQUIVOCATE: it is another than mine
   */
  async isInvitation(bytes: Uint8Array): Promise<boolean> {
    const { ed25519, invitation, members } = this.#options
    const inviter = members.find(({ pid }) => pid === invitation.header.from)
    if (inviter === undefined) throw new Bug('an invitation of nobody')
    const verdict = await compareInvitations(bytes, invitation, inviter.card.identityKey, ed25519)
    if (verdict === 'other') {
      this.#options.contradicted(decodeEnvelope(bytes))
      throw new Blame('E_EQUIVOCATE', `${inviter.card.name} invited different devices to different things`, { culprits: [inviter.pid] })
    }
    return verdict !== 'none'
  }
}
