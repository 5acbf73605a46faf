import { webcrypto } from 'node:crypto'
import { VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { sha256 } from '@noble/hashes/sha2.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { argon2id } from 'hash-wasm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Argon2Params } from './argon2.ts'
import { makeDataKey, unwrapDataKey, type MainKeySource } from './key-wrap.ts'
import { decodeKeyRecord, encodeKeyRecord, type WrapMethod } from './key-wrap-codec.ts'
import type { SealingSubtle } from './sealing.ts'

// The real Argon2id, watched.
vi.mock('hash-wasm', { spy: true })
// It takes its time on purpose.
vi.setConfig({ testTimeout: 30_000 })

const party = 'a1'.repeat(32) as PartyId
const rng = (size: number): Uint8Array => webcrypto.getRandomValues(new Uint8Array(size))
const tools = { subtle: webcrypto.subtle, rng }
const source: MainKeySource = { kind: 'passphrase', passphrase: 'correct horse battery staple' }

const recordWith = (argon2: Partial<Argon2Params>): Uint8Array => encodeKeyRecord(party, [{
  method: { kind: 'passphrase', argon2: { memoryKiB: 65536, iterations: 3, parallelism: 1, salt: rng(16), ...argon2 } }, iv: rng(12), sealed: rng(48),
}])

describe('the wrapped data key', () => {
  beforeEach(() => {
    vi.mocked(argon2id).mockClear()
  })

  it('is stretched by Argon2id with 64 MiB, three passes and one lane, under a fresh salt', async () => {
    const { record } = await makeDataKey(tools, party, source)
    const method = decodeKeyRecord(party, record)[0]?.method
    if (method?.kind !== 'passphrase') throw new Error('expected a passphrase')
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

  it('of a later layout is refused with the advice to update, and whatever else stands in it with nothing but the declared errors', () => {
    const withChecksum = (body: Uint8Array): Uint8Array => Uint8Array.of(...body, ...sha256(body))
    const body = (digit: number, rest: Uint8Array): Uint8Array => Uint8Array.of(...new TextEncoder().encode('TVK'), digit, ...hexToBytes(party), ...rest)
    expect(() => decodeKeyRecord(party, withChecksum(body(0x33, new Uint8Array(9))))).toThrow(expect.objectContaining({ code: 'E_VERSION' }) as Error)
    fc.assert(fc.property(fc.constantFrom(0x30, 0x31, 0x32), fc.uint8Array({ maxLength: 300 }), (digit, rest) => {
      expect(() => decodeKeyRecord(party, withChecksum(body(digit, rest)))).toThrow(expect.objectContaining({ code: 'E_DAMAGED' }) as Error)
    }), { numRuns: 2_000, seed: 1 })
  })

  it('with no way in but passkeys, two passphrases, or nine passkeys is damage', () => {
    const wrap = (method: WrapMethod) => ({ method, iv: rng(12), sealed: rng(48) })
    const passkey = (): WrapMethod => ({ kind: 'passkey', passkey: { credential: rng(16), salt: rng(32), label: 'Phone' } })
    const same = passkey()
    for (const methods of [[], [passkey()], [{ kind: 'raw' }, { kind: 'raw' }], [{ kind: 'raw' }, ...Array.from({ length: 9 }, passkey)], [{ kind: 'raw' }, same, same]] as const) {
      const record = encodeKeyRecord(party, methods.map(wrap))
      expect(() => decodeKeyRecord(party, record)).toThrow(expect.objectContaining({ code: 'E_DAMAGED' }) as Error)
    }
    expect(decodeKeyRecord(party, encodeKeyRecord(party, [{ kind: 'raw' } as const, ...Array.from({ length: 8 }, passkey)].map(wrap)))).toHaveLength(9)
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
