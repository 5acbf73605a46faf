import { x25519 } from '@noble/curves/ed25519.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, it } from 'vitest'
import { concat, type Rng } from '@trivet/protocol/core'
import { CipherState, MAX_NONCE } from './cipher-state.ts'
import { HandshakeState, type StaticKey, type TransportKeys } from './handshake-state.ts'
import published from './vectors/noise-xx.json' with { type: 'json' }

const NOTHING = new Uint8Array()

function staticKey(secret: Uint8Array): StaticKey {
  return { publicKey: x25519.getPublicKey(secret), secretKey: () => secret }
}

/** Draws what it is given, and nothing twice. */
function giving(...values: readonly Uint8Array[]): Rng {
  const left = values.map((value) => value.slice())
  return () => {
    const next = left.shift()
    if (next === undefined) throw new RangeError('drew more than one key')
    return next
  }
}

interface Pair { readonly initiator: HandshakeState; readonly responder: HandshakeState }

function pair(options: { readonly prologues?: readonly [Uint8Array, Uint8Array] } = {}): Pair {
  const [prologue, other] = options.prologues ?? [NOTHING, NOTHING]
  const fill = (value: number): Uint8Array => new Uint8Array(32).fill(value)
  return {
    initiator: new HandshakeState({ initiator: true, prologue, s: staticKey(fill(1)), rng: giving(fill(3)) }),
    responder: new HandshakeState({ initiator: false, prologue: other, s: staticKey(fill(2)), rng: giving(fill(4)) }),
  }
}

/** Message `i` goes from one end to the other; the first is the initiator's. */
function step({ initiator, responder }: Pair, i: number, alter: (message: Uint8Array) => Uint8Array = (message) => message): Uint8Array | undefined {
  const [from, to] = i % 2 === 0 ? [initiator, responder] : [responder, initiator]
  const message = from.writeMessage(Uint8Array.of(i))
  return message === undefined ? undefined : to.readMessage(alter(message))
}

function connected(): { readonly one: TransportKeys; readonly two: TransportKeys } {
  const ends = pair()
  for (let i = 0; i < 3; i += 1) expect(step(ends, i)).toEqual(Uint8Array.of(i))
  expect(ends.initiator.hash).toEqual(ends.responder.hash)
  return { one: ends.initiator.split(), two: ends.responder.split() }
}

describe('Noise_XX_25519_ChaChaPoly_SHA256', () => {
  it.each(published.vectors.map((vector, i) => ({ i, vector })))('says the published bytes of vector $i', ({ vector }) => {
    const prologue = hexToBytes(vector.prologue)
    const end = (initiator: boolean, secret: string, ephemeral: string): HandshakeState =>
      new HandshakeState({ initiator, prologue, s: staticKey(hexToBytes(secret)), rng: giving(hexToBytes(ephemeral)) })
    const initiator = end(true, vector.init_static, vector.init_ephemeral)
    const responder = end(false, vector.resp_static, vector.resp_ephemeral)
    const handshake = vector.messages.slice(0, 3)
    for (const [i, { payload, ciphertext }] of handshake.entries()) {
      const [from, to] = i % 2 === 0 ? [initiator, responder] : [responder, initiator]
      const message = from.writeMessage(hexToBytes(payload)) ?? NOTHING
      expect(bytesToHex(message)).toBe(ciphertext)
      expect(to.readMessage(message)).toEqual(hexToBytes(payload))
    }
    expect(bytesToHex(initiator.remoteStatic ?? NOTHING)).toBe(bytesToHex(x25519.getPublicKey(hexToBytes(vector.resp_static))))
    expect(bytesToHex(responder.remoteStatic ?? NOTHING)).toBe(bytesToHex(x25519.getPublicKey(hexToBytes(vector.init_static))))
    const [one, two] = [initiator.split(), responder.split()]
    const transport = vector.messages.slice(3)
    expect(transport.length).toBeGreaterThan(0)
    for (const [i, { payload, ciphertext }] of transport.entries()) {
      const [from, to] = i % 2 === 0 ? [one, two] : [two, one]
      const message = from.sending.encrypt(NOTHING, hexToBytes(payload))
      expect(bytesToHex(message)).toBe(ciphertext)
      expect(to.receiving.decrypt(NOTHING, message)).toEqual(hexToBytes(payload))
    }
  })

  it('fails when any bit of any message was flipped', { timeout: 120_000 }, () => {
    const sizes = [33, 97, 65]
    for (const [altered, size] of sizes.entries()) {
      for (let bit = 0; bit < 8 * size; bit += 1) {
        const flip = (message: Uint8Array): Uint8Array => message.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        const ends = pair()
        // Nothing in the first message is sealed: the second shows that it was altered.
        const noticed = altered === 0 ? 1 : altered
        for (let i = 0; i < noticed; i += 1) expect(step(ends, i, i === altered ? flip : undefined), `message ${altered}, bit ${bit}`).toBeDefined()
        expect(step(ends, noticed, noticed === altered ? flip : undefined), `message ${altered}, bit ${bit}`).toBeUndefined()
      }
    }
  })

  it('fails when the ends do not agree on the prologue', () => {
    const ends = pair({ prologues: [Uint8Array.of(1), Uint8Array.of(2)] })
    expect(step(ends, 0)).toBeDefined()
    expect(step(ends, 1)).toBeUndefined()
  })

  it('refuses messages that are cut short or have something left over', () => {
    for (const at of [0, 1, 2]) {
      const changes: readonly ((message: Uint8Array) => Uint8Array)[] = [
        (message) => message.subarray(0, 20), (message) => message.subarray(0, -1), (message) => concat(message, Uint8Array.of(0)),
      ]
      for (const change of changes) {
        const ends = pair()
        for (let i = 0; i < at; i += 1) step(ends, i)
        const read = step(ends, at, change)
        // The payload of the first is clear, so that only the next message tells.
        expect(at === 0 && read !== undefined ? step(ends, 1) : read).toBeUndefined()
      }
    }
  })

  it('refuses keys of small order, with which the other end would choose the result', () => {
    // All of RFC 7748 §6.1's points of order 1, 2, 4 and 8, and 2^255 − 19 and 2^255 − 18.
    const small = [
      '00'.repeat(32), `01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`, `ed${'ff'.repeat(30)}7f`, `ee${'ff'.repeat(30)}7f`,
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800', '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    ]
    for (const key of small) {
      const { responder } = pair()
      expect(responder.readMessage(hexToBytes(key)), key).toEqual(NOTHING)
      expect(responder.writeMessage(NOTHING), key).toBeUndefined()
      const { initiator } = pair()
      initiator.writeMessage(NOTHING)
      expect(initiator.readMessage(concat(hexToBytes(key), new Uint8Array(64))), key).toBeUndefined()
    }
  })

  it('says nothing out of turn', () => {
    const { initiator, responder } = pair()
    expect(() => responder.writeMessage(NOTHING)).toThrow('out of turn')
    expect(() => initiator.readMessage(new Uint8Array(32))).toThrow('out of turn')
    expect(() => initiator.split()).toThrow('not done')
  })

  it('forgets its ephemeral secret when it is wiped', () => {
    const drawn = new Uint8Array(32).fill(3)
    const initiator = new HandshakeState({ initiator: true, prologue: NOTHING, s: staticKey(new Uint8Array(32).fill(1)), rng: () => drawn })
    initiator.writeMessage(NOTHING)
    initiator.wipe()
    expect(drawn).toEqual(new Uint8Array(32))
    expect(() => initiator.readMessage(new Uint8Array(97))).toThrow()
  })
})

describe('a cipher state', () => {
  it('opens each message once and only in its turn', () => {
    const { one, two } = connected()
    const messages = [0, 1, 2].map((i) => one.sending.encrypt(NOTHING, Uint8Array.of(i)))
    const [first = NOTHING, second = NOTHING, third = NOTHING] = messages
    expect(two.receiving.decrypt(NOTHING, second)).toBeUndefined()
    expect(two.receiving.decrypt(NOTHING, first)).toEqual(Uint8Array.of(0))
    expect(two.receiving.decrypt(NOTHING, first)).toBeUndefined()
    expect(two.receiving.decrypt(NOTHING, third)).toBeUndefined()
    expect(two.receiving.decrypt(NOTHING, second)).toEqual(Uint8Array.of(1))
    expect(two.receiving.decrypt(NOTHING, third)).toEqual(Uint8Array.of(2))
  })

  it('does not open what this end sent itself, or what was altered', () => {
    const { one, two } = connected()
    const message = one.sending.encrypt(NOTHING, Uint8Array.of(1, 2, 3))
    expect(one.receiving.decrypt(NOTHING, message)).toBeUndefined()
    for (let bit = 0; bit < 8 * message.length; bit += 1) {
      expect(two.receiving.decrypt(NOTHING, message.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)))).toBeUndefined()
    }
    expect(two.receiving.decrypt(Uint8Array.of(1), message)).toBeUndefined()
    expect(two.receiving.decrypt(NOTHING, message.subarray(0, 15))).toBeUndefined()
    expect(two.receiving.decrypt(NOTHING, message)).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('seals no more than 2^32 messages, and none once it is wiped', () => {
    const cipher = new CipherState(new Uint8Array(32).fill(1))
    cipher.nonce = MAX_NONCE - 1
    cipher.encrypt(NOTHING, NOTHING)
    expect(() => cipher.encrypt(NOTHING, NOTHING)).toThrow('beyond its last message')
    const key = new Uint8Array(32).fill(1)
    const wiped = new CipherState(key)
    wiped.wipe()
    expect(key).toEqual(new Uint8Array(32))
    expect(() => wiped.encrypt(NOTHING, NOTHING)).toThrow('beyond its last message')
  })
})
