import { webcrypto } from 'node:crypto'
import { VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { argon2id } from 'hash-wasm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { makeDataKey, unwrapDataKey, type KeySource } from './key-wrap.ts'
import { decodeWrappedKey, encodeWrappedKey, type Argon2Params } from './key-wrap-codec.ts'
import type { SealingSubtle } from './sealing.ts'

// The real Argon2id, watched.
vi.mock('hash-wasm', { spy: true })
// It takes its time on purpose.
vi.setConfig({ testTimeout: 30_000 })

const party = 'a1'.repeat(32) as PartyId
const rng = (size: number): Uint8Array => webcrypto.getRandomValues(new Uint8Array(size))
const tools = { subtle: webcrypto.subtle, rng }
const source: KeySource = { kind: 'passphrase', passphrase: 'correct horse battery staple' }

const recordWith = (argon2: Partial<Argon2Params>): Uint8Array => encodeWrappedKey(party, {
  method: { kind: 'passphrase', argon2: { memoryKiB: 65536, iterations: 3, parallelism: 1, salt: rng(16), ...argon2 } }, iv: rng(12), sealed: rng(48),
})

describe('the wrapped data key', () => {
  beforeEach(() => {
    vi.mocked(argon2id).mockClear()
  })

  it('is stretched by Argon2id with 64 MiB, three passes and one lane, under a fresh salt', async () => {
    const { record } = await makeDataKey(tools, party, source)
    const { method } = decodeWrappedKey(party, record)
    if (method.kind !== 'passphrase') throw new Error('expected a passphrase')
    expect(method.argon2).toMatchObject({ memoryKiB: 65536, iterations: 3, parallelism: 1 })
    expect(vi.mocked(argon2id).mock.calls.map(([options]) => options)).toMatchObject([
      { memorySize: 65536, iterations: 3, parallelism: 1, hashLength: 32, salt: method.argon2.salt },
    ])
  })

  it('takes no part of the passphrase or of the derived key outside: both are wiped', async () => {
    await makeDataKey(tools, party, source)
    const password = vi.mocked(argon2id).mock.calls[0]?.[0].password
    const derived: unknown = await vi.mocked(argon2id).mock.results[0]?.value
    expect(password).toEqual(new Uint8Array(28))
    expect(derived).toEqual(new Uint8Array(32))
  })

  it.each([
    ['memory below the least', { memoryKiB: 65535 }, 'argon2 memoryKiB is 65535, outside 65536 to 262144'],
    ['memory above the most', { memoryKiB: 0xffffffff }, 'argon2 memoryKiB is 4294967295, outside 65536 to 262144'],
    ['too few passes', { iterations: 2 }, 'argon2 iterations is 2, outside 3 to 16'],
    ['too many passes', { iterations: 17 }, 'argon2 iterations is 17, outside 3 to 16'],
    ['no lane', { parallelism: 0 }, 'argon2 parallelism is 0, outside 1 to 4'],
    ['too many lanes', { parallelism: 5 }, 'argon2 parallelism is 5, outside 1 to 4'],
  ])('with %s is refused before any work is done', async (_, argon2, reason) => {
    await expect(unwrapDataKey(tools, party, source, recordWith(argon2))).rejects.toThrow(new VaultError('E_DAMAGED', `record "vault key" is damaged: ${reason}`))
    expect(argon2id).not.toHaveBeenCalled()
  })

  it('with parameters raised by a later version still opens', async () => {
    await expect(unwrapDataKey(tools, party, source, recordWith({ iterations: 4, parallelism: 2 }))).rejects.toThrow(new VaultError('E_PASSPHRASE', 'wrong passphrase'))
    expect(argon2id).toHaveBeenCalledOnce()
  })

  it('cannot be exported from WebCrypto, and its raw bytes are wiped', async () => {
    const imported: Uint8Array[] = []
    const watching: SealingSubtle = {
      importKey: (format, keyData, ...rest) => {
        imported.push(keyData)
        return webcrypto.subtle.importKey(format, keyData, ...rest)
      },
      encrypt: (params, key, data) => {
        imported.push(data)
        return webcrypto.subtle.encrypt(params, key as webcrypto.CryptoKey, data)
      },
      decrypt: (params, key, data) => webcrypto.subtle.decrypt(params, key as webcrypto.CryptoKey, data),
    }
    const drawn: Uint8Array[] = []
    const watchedRng = (size: number): Uint8Array => {
      const bytes = rng(size)
      drawn.push(bytes)
      return bytes
    }
    const raw = rng(32)
    const { key } = await makeDataKey({ subtle: watching, rng: watchedRng }, party, { kind: 'raw', key: raw })
    expect(key.extractable).toBe(false)
    await expect(webcrypto.subtle.exportKey('raw', key as webcrypto.CryptoKey)).rejects.toThrow()
    expect(imported).toHaveLength(3)
    for (const bytes of [...imported, ...drawn.filter((bytes) => bytes.length === 32)]) expect(bytes).toEqual(new Uint8Array(32))
    expect(raw).not.toEqual(new Uint8Array(32))
  })
})
