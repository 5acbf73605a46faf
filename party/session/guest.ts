/** The other side of a lobby: who comes with a link, or is called by its own invitation. */
import { equalBytes, Malformed } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import { cardHash, readCard, type Card } from '../identity/card.ts'
import { encodeHello, readWelcome, type Welcome } from '../pairing/proof.ts'
import type { SessionDeps } from './deps.ts'

/** What a guest knows before it meets the inviter. */
export interface GuestPass {
  readonly room: SessionId
  readonly place: number
  /** Secrets of which one must be the inviter's: one of a link, or all open invitations of a headless party. */
  readonly secrets: readonly Uint8Array[]
  /** Where a link named the inviter. */
  readonly inviterCardHash?: Uint8Array
  readonly invitedBy: 'link' | 'own-invitation'
}

export interface Met {
  readonly inviter: Card
  readonly welcome: Welcome
  /** The secret that was used: an invitation is good for one meeting. */
  readonly secret: Uint8Array
  /** To be sent back: my card and the proof that I know the secret. */
  readonly hello: Uint8Array
}

/** Checks that the inviter is the one that the link names and knows the secret. @throws {Malformed} */
export async function meet(pass: GuestPass, body: Uint8Array, { identity, ed25519 }: Pick<SessionDeps, 'identity' | 'ed25519'>): Promise<Met> {
  for (const secret of pass.secrets) {
    const where = { room: pass.room, place: pass.place, secret }
    const welcome = readOrUndefined(() => readWelcome(where, body))
    if (welcome === undefined) continue
    const inviter = await readCard(welcome.card, ed25519)
    const hash = cardHash(inviter)
    if (pass.inviterCardHash !== undefined && !equalBytes(hash, pass.inviterCardHash)) {
      throw new Malformed('E_UNAUTHORIZED', 'pairing: this is not the device that made the link')
    }
    return { inviter, welcome, secret, hello: encodeHello(where, hash, identity.card.bytes) }
  }
  throw new Malformed('E_UNAUTHORIZED', 'pairing: the inviter does not know the invitation')
}

function readOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}
