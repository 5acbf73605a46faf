/**
 * The first words between two parties that share a link's secret and nothing else yet. Whoever opens or makes them knows the secret.
 *
 * `u8 version = 1 ‖ u8 kind = 2 ‖ nonce 24 ‖ ciphertext`, in the same sizes as everything that is sealed. The ciphertext is
 * XChaCha20-Poly1305 of `u16 length ‖ frame ‖ zeros`, with the first two bytes as additional data, under HKDF-SHA256 of the secret
 * without salt and with `"trivet/pairing/v1" ‖ room 16 ‖ u16 place ‖ u8 side` as info; side is 1 where the inviter speaks, else 2.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, u16, u8, type Rng } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import { roomBytes } from '../pairing/link.ts'
import { emptied, fill, isBucket, type Bucket } from './buckets.ts'

const HEAD = Uint8Array.of(1, 2)
const TAG = utf8ToBytes('trivet/pairing/v1')
const NONCE_BYTES = 24
const TAG_BYTES = 16
const CONTENT_AT = HEAD.length + NONCE_BYTES
const SIDES = { inviter: 1, guest: 2 } as const

/** A place in a room, and who speaks. */
export interface PairingWay {
  readonly room: SessionId
  readonly place: number
  /** 16 bytes, of a link or an invitation. */
  readonly secret: Uint8Array
  readonly side: keyof typeof SIDES
}

/**
 * @param frame 1 to 45,012 bytes
 * @param least what is sealed is no smaller than this
 * @throws {InputError} larger
 */
export function sealPairing(frame: Uint8Array, way: PairingWay, { rng, least = 256 }: { readonly rng: Rng; readonly least?: Bucket }): Uint8Array {
  const filled = fill(frame, CONTENT_AT + TAG_BYTES, least)
  const nonce = rng(NONCE_BYTES)
  return concat(HEAD, nonce, withKey(way, (key) => xchacha20poly1305(key, nonce, HEAD).encrypt(filled)))
}

/** @returns the frame, or undefined unless it was sealed with this secret, for this room and place, by this side */
export function openPairing(bytes: Uint8Array, way: PairingWay): Uint8Array | undefined {
  if (!isBucket(bytes.length) || !isPairing(bytes)) return undefined
  const filled = withKey(way, (key) => {
    try {
      return xchacha20poly1305(key, bytes.subarray(HEAD.length, CONTENT_AT), HEAD).decrypt(bytes.subarray(CONTENT_AT))
    } catch {
      return undefined // the tag is another one
    }
  })
  return filled === undefined ? undefined : emptied(filled)
}

/** Whether these bytes ask to be opened with the secret of a place, and not with cards. */
export function isPairing(bytes: Uint8Array): boolean {
  return HEAD.every((byte, i) => byte === bytes[i])
}

function withKey<T>({ room, place, secret, side }: PairingWay, use: (key: Uint8Array) => T): T {
  const key = hkdf(sha256, secret, undefined, concat(TAG, roomBytes(room), u16(place), u8(SIDES[side])), 32)
  try {
    return use(key)
  } finally {
    key.fill(0)
  }
}
