import { webcrypto } from 'node:crypto'
import { VaultError, type ErrorCode } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { FakeClock } from '../testing/fake-clock.ts'
import type { MainKeySource } from './key-wrap.ts'
import { createMemoryStore } from './memory-store.ts'
import type { OpenVault } from './open-vault.ts'
import { createVault } from './vault.ts'

export const rng = (size: number): Uint8Array => webcrypto.getRandomValues(new Uint8Array(size))
export const anna = 'a1'.repeat(32) as PartyId
export const ben = 'b2'.repeat(32) as PartyId
export const wallet = 'c3'.repeat(32)
export const cover = utf8ToBytes('{"deviceName":"Anna\'s laptop"}')
export const shareKey = rng(32)
export const raw: MainKeySource = { kind: 'raw', key: shareKey }
export const share = utf8ToBytes('canary: a signing share that must never be seen')
export const shareAt = `vault/${anna}/record/key-share/${wallet}/1`

/** A vault on a store of its own, which can be looked into and damaged. */
export function testVault() {
  const store = createMemoryStore()
  const clock = new FakeClock()
  const vault = createVault({ store, subtle: webcrypto.subtle, rng, clock })
  const bytesAt = (key: string): Uint8Array => {
    const bytes = store.contents.get(key)
    if (bytes === undefined) throw new Error(`nothing at ${key}`)
    return bytes
  }
  return {
    store,
    clock,
    vault,
    /** The same device after a reload: everything but its store is new. */
    reloaded: () => createVault({ store, subtle: webcrypto.subtle, rng, clock }),
    bytesAt,
    /** Anna's vault, open, with her share of epoch 1 at `shareAt`. */
    withShare: async (): Promise<OpenVault> => {
      const open = await vault.create(anna, { cover }, raw)
      await open.write([{ kind: 'key-share', id: wallet, epoch: 1, value: share }])
      return open
    },
    /** Flips the lowest bit of one byte. @returns what flips it back */
    flip: (key: string, at: number): (() => void) => {
      const bytes = bytesAt(key)
      const flip = (): void => {
        bytes[at] = (bytes[at] ?? 0) ^ 0x01
      }
      flip()
      return flip
    },
  }
}

export async function vaultError(work: Promise<unknown>): Promise<VaultError> {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown)
  if (!(error instanceof VaultError)) throw new Error('expected a VaultError', { cause: error })
  return error
}

export async function codeOf(work: Promise<unknown>): Promise<ErrorCode> {
  return (await vaultError(work)).code
}
