/** Sealed frames that version 1 made. A build that cannot open them cannot talk to one that made them: it needs another version byte. */
import { hexToBytes } from '@noble/hashes/utils.js'
import { expect, test } from 'vitest'
import { isSessionId } from '@trivet/signalling/wire'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity, type Identity } from '../identity/identity.ts'
import { open, openPairing } from './index.ts'
import frozen from './vectors/frozen.json' with { type: 'json' }

const ed25519 = await chooseEd25519(crypto.subtle)
const { room, place, frame } = frozen
if (!isSessionId(room)) throw new Error('bad fixture')

async function identityOf({ seed, name, partyId }: typeof frozen.sender): Promise<Identity> {
  const identity = await openIdentity(hexToBytes(seed), { name, role: 'mobile-app', build: new Uint8Array(32) }, ed25519)
  expect(identity.card.partyId).toBe(partyId)
  return identity
}

test('a frame that was sealed to a card opens', async () => {
  const [from, to] = [await identityOf(frozen.sender), await identityOf(frozen.receiver)]
  expect(await open(hexToBytes(frozen.card), { from: from.card, to, room, ed25519 })).toEqual(hexToBytes(frame))
})

test('a frame that was sealed with a secret opens', () => {
  expect(openPairing(hexToBytes(frozen.pairing), { room, place, secret: hexToBytes(frozen.secret), side: 'guest' })).toEqual(hexToBytes(frame))
})
