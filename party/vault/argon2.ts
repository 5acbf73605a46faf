/** Argon2id 1.3 (RFC 9106) of a passphrase, with the parameters that lie beside what it opens. */
import { concat, InputError, u32, u8 } from '@trivet/protocol/core'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { argon2id } from 'hash-wasm'
import { UnreadableBytes, type ByteReader } from './bytes.ts'
import { KEY_BYTES } from './sealing.ts'

export interface Argon2Costs {
  readonly memoryKiB: number
  readonly iterations: number
  readonly parallelism: number
}

export interface Argon2Params extends Argon2Costs {
  /** 16 bytes. */
  readonly salt: Uint8Array
}

/** What is accepted when read. */
export interface Argon2Range {
  readonly least: Argon2Costs
  readonly most: Argon2Costs
}

export const SALT_BYTES = 16
const VERSION = 0x13

/** u8 version ‖ u32 KiB ‖ u32 passes ‖ u32 lanes ‖ salt 16 */
export function encodeArgon2({ memoryKiB, iterations, parallelism, salt }: Argon2Params): Uint8Array {
  return concat(u8(VERSION), u32(memoryKiB), u32(iterations), u32(parallelism), salt)
}

/** @throws UnreadableBytes of another version, or out of range: before any work is done */
export function decodeArgon2(reader: ByteReader, range: Argon2Range): Argon2Params {
  const version = reader.u8()
  if (version !== VERSION) throw new UnreadableBytes(`argon2 version ${version} is unknown`)
  const costs = { memoryKiB: reader.u32(), iterations: reader.u32(), parallelism: reader.u32() }
  for (const name of ['memoryKiB', 'iterations', 'parallelism'] as const) {
    const [least, most] = [range.least[name], range.most[name]]
    if (costs[name] < least || costs[name] > most) throw new UnreadableBytes(`argon2 ${name} is ${costs[name]}, outside ${least} to ${most}`)
  }
  return { ...costs, salt: reader.take(SALT_BYTES) }
}

/**
 * @param passphrase Unicode, taken as NFKC in UTF-8, so that two keyboards that compose letters differently agree
 * @returns 32 bytes, which the caller wipes
 * @throws InputError when it is empty
 */
export async function stretch(passphrase: string, { memoryKiB, iterations, parallelism, salt }: Argon2Params): Promise<Uint8Array> {
  if (passphrase === '') throw new InputError('passphrase', 'expected at least one character')
  const password = utf8ToBytes(passphrase.normalize('NFKC'))
  try {
    return await argon2id({ password, salt, memorySize: memoryKiB, iterations, parallelism, hashLength: KEY_BYTES, outputType: 'binary' })
  } finally {
    password.fill(0)
  }
}
