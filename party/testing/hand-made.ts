/** A party that speaks the first words of a pairing by hand, so that it can say of itself what no build of today says: for tests. */
import { concat } from '@trivet/protocol/core'
import type { PartyId, SessionInfo } from '@trivet/signalling/wire'
import { cardHash, type Card } from '../identity/card.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity } from '../identity/identity.ts'
import { encodeCapabilities, type Capabilities } from '../pairing/capabilities.ts'
import { encodeJoinLink, readLink } from '../pairing/link.ts'
import { encodeHello, encodeWelcome } from '../pairing/proof.ts'
import { Courier } from '../session/courier.ts'
import type { Transport } from '../transport/types.ts'
import { PAGE, randomBytes } from './people.ts'

export interface HandMade {
  readonly card: Card
  /** Comes with a link, and answers whoever invites. */
  join(link: string): Promise<void>
  /** Invites one other to a wallet. @returns the link */
  invite(): Promise<string>
  /** Resolves when somebody has answered an invitation. */
  readonly answered: Promise<PartyId>
}

/** @param build fills the 32 bytes of its build hash */
export async function handMade({ signalling }: Transport, name: string, says: Capabilities, build = 0): Promise<HandMade> {
  const ed25519 = await chooseEd25519(crypto.subtle)
  const identity = await openIdentity(randomBytes(32), { name, role: 'mobile-app', build: new Uint8Array(32).fill(build) }, ed25519)
  const { card } = identity
  await signalling.connect({ publicKey: card.identityKey, sign: (message) => identity.sign(message) })
  const me = encodeCapabilities(says)
  let answered: (from: PartyId) => void = () => undefined

  const courierFor = (room: SessionInfo['session_id'], greeting: (courier: Courier, from: PartyId, sealed: Uint8Array) => void, told: (info: SessionInfo, courier: Courier) => void): Courier => {
    const courier: Courier = new Courier({
      room, deps: { identity, ed25519, signalling, rng: randomBytes, log: () => undefined },
      events: { frame: () => undefined, intercepted: () => undefined, greeting: (from, sealed) => { greeting(courier, from, sealed) } },
    })
    signalling.listen((event) => {
      if (event.kind === 'signal' && event.sessionId === room) courier.receive(event.from, event.payload)
      if (event.kind === 'session' && event.session.session_id === room) {
        courier.told(event.session)
        told(event.session, courier)
      }
    })
    return courier
  }

  return {
    card,
    answered: new Promise((resolve) => { answered = resolve }),
    async join(link) {
      const read = readLink(link)
      if (read.kind !== 'join') throw new Error('no link of a place')
      const { room, place, secret, joinToken, inviterCardHash } = read.join
      const courier = courierFor(room, (line, from) => {
        line.greet(from, { place, secret, side: 'guest' }, 'hello', concat(me, encodeHello(inviterCardHash, card.bytes)))
      }, () => undefined)
      courier.told(await signalling.joinSession(joinToken))
    },
    async invite() {
      const { session_id: room, join_tokens: tokens, expires_at: expiry } = await signalling.createSession({
        session_type: 'keygen', threshold_n: 2, threshold_t: 2, expires_in_seconds: 600,
        participants: [{ party_id: card.partyId, device_type: 'party', device_id: 'hand-made' }, { place: 2 }],
      })
      const secret = randomBytes(16)
      const welcome = concat(me, encodeWelcome({ card: card.bytes, walletName: 'Savings', threshold: 2, total: 2, purpose: { kind: 'keygen' } }))
      const welcomed = new Set<PartyId>()
      courierFor(room, (_, from) => { answered(from) }, ({ participants }, courier) => {
        const guest = participants[1]?.party_id
        if (guest === undefined || welcomed.has(guest)) return
        welcomed.add(guest)
        courier.greet(guest, { place: 2, secret, side: 'inviter' }, 'welcome', welcome)
      })
      return encodeJoinLink(PAGE, { room, place: 2, joinToken: tokens['place:2'] ?? '', inviterCardHash: cardHash(card), secret, expiresAt: Date.parse(expiry) })
    },
  }
}
