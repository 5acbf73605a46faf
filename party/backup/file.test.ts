/**
 * The files in `vectors` lie in people's drawers. A change that makes these tests fail takes their wallets from them: do not make the
 * vectors anew, raise the version of the format and go on reading this one.
 */
import { createDecipheriv, createHash } from 'node:crypto'
import fc from 'fast-check'
import { argon2id } from 'hash-wasm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { VaultError } from '@trivet/protocol/core'
import { deskOf, ed25519, PASSPHRASE } from './backup.fixture.ts'
import { openBackup, sealBackup } from './file.ts'
import { splitFile } from './header.ts'
import vectors1 from './vectors/v1.json' with { type: 'json' }
import vectors2 from './vectors/v2.json' with { type: 'json' }

// The real Argon2id, watched.
vi.mock('hash-wasm', { spy: true })
// It takes its time on purpose.
vi.setConfig({ testTimeout: 120_000 })
afterEach(() => { vi.mocked(argon2id).mockClear() })

const [first, second] = vectors1
const [third, fourth] = vectors2
if (first === undefined || second === undefined || third === undefined || fourth === undefined) throw new Error('no vectors')
const bytesOf = ({ file }: { readonly file: string }): Uint8Array => Uint8Array.from(Buffer.from(file, 'base64'))
const file = bytesOf(first)
const { headerBytes: { length: HEADER } } = splitFile(file)
const sha256 = (bytes: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(bytes).digest())
const open = (bytes: Uint8Array, passphrase = PASSPHRASE) => openBackup({ subtle: crypto.subtle, ed25519 }, bytes, passphrase)

/** What a file is refused with, before any work is done on the passphrase. */
function refusal(bytes: Uint8Array): string {
  try {
    splitFile(bytes)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    return `${error.code} ${error.message}`
  }
}

/** With checksums that fit, as somebody makes them who wants to deceive. */
function withChecksums(change: (header: Uint8Array) => Uint8Array | undefined): Uint8Array {
  const header = file.slice(0, HEADER - 8)
  const whole = Buffer.concat([change(header) ?? header, sha256(change(header) ?? header).subarray(0, 8), file.subarray(HEADER, -8)])
  return Uint8Array.from(Buffer.concat([whole, sha256(whole).subarray(0, 8)]))
}

const countingRng = () => {
  let next = 0
  return (size: number): Uint8Array => Uint8Array.from({ length: size }, () => next++ % 256)
}

describe('a backup file', () => {
  it.each([
    ['of two, version 1', first], ['of three, version 1', second], ['of two', third], ['whose devices have changed', fourth],
  ] as const)('of a wallet %s, is read from these bytes', async (_, vector) => {
    const { header, wallet, deviceName, partyId, madeAt } = await open(bytesOf(vector), vector.passphrase)
    expect({ deviceName, partyId, madeAt, index: header.index, epoch: header.epoch }).toEqual({
      deviceName: vector.deviceName, partyId: vector.partyId, madeAt: vector.madeAt, index: vector.index, epoch: vector.epoch,
    })
    const { roster, keys } = wallet.epoch
    expect({ id: wallet.id, name: wallet.name, threshold: roster.threshold, total: wallet.members.length }).toEqual(vector.wallet)
    expect(keys.map(({ suite, groupKey }) => ({ suite, groupKey: Buffer.from(groupKey).toString('hex') }))).toEqual(vector.groupKeys)
    expect(header.keys.map(({ suite, groupKey }) => ({ suite, groupKey: Buffer.from(groupKey).toString('hex') }))).toEqual(vector.groupKeys)
    expect(Buffer.from(sha256(Buffer.concat(keys.map((key) => key.signingShare)))).toString('hex')).toBe(vector.sharesSha256)
  })

  it('is written as these bytes', async () => {
    const device = (await deskOf('Anna')).device()
    const contents = { deviceName: third.deviceName, partyId: device.identity.card.partyId, madeAt: third.madeAt, wallet: device.wallets.get(third.wallet.id) }
    expect(Buffer.from(await sealBackup({ subtle: crypto.subtle, rng: countingRng() }, contents, PASSPHRASE)).toString('base64')).toBe(third.file)
  })

  it('is opened by its description alone', async () => {
    const header = Buffer.from(file.subarray(0, file[10] === undefined ? 0 : 256 * file[10] + (file[11] ?? 0)))
    expect(header.subarray(0, 8).toString()).toBe('TRIVETBK')
    const [memorySize, iterations, parallelism] = [13, 17, 21].map((at) => header.readUInt32BE(at))
    const password = PASSPHRASE.normalize('NFKC')
    const key = await argon2id({ password, salt: header.subarray(25, 41), memorySize: memorySize ?? 0, iterations: iterations ?? 0, parallelism: parallelism ?? 0, hashLength: 32, outputType: 'binary' })
    const sealed = Buffer.from(file.subarray(header.length, header.length + header.readUInt32BE(header.length - 24)))
    const decipher = createDecipheriv('aes-256-gcm', key, header.subarray(-20, -8)).setAAD(header).setAuthTag(sealed.subarray(-16))
    const body = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
    expect(body.subarray(4, 4 + body.readUInt32BE(0)).toString()).toBe('Anna')
  })

  it('opens with its passphrase alone', async () => {
    await expect(open(file, `${PASSPHRASE}.`)).rejects.toMatchObject({ code: 'E_PASSPHRASE', message: 'backup file: wrong passphrase' })
  })
})

describe('a backup file that was damaged', () => {
  it('by cutting it at any byte is said to be cut short', () => {
    for (let length = 0; length < file.length; length++) {
      expect([length, refusal(file.subarray(0, length))]).toEqual([length, 'E_DAMAGED backup file: it is cut short; copy it again from where it was saved'])
    }
  })

  it('in any bit of its header is said to have a damaged header, or to be no backup file', () => {
    for (let bit = 0; bit < 8 * HEADER; bit++) {
      const at = bit >> 3
      const reason = refusal(file.with(at, (file[at] ?? 0) ^ (1 << (bit & 7))))
      expect([bit, reason]).toEqual([bit, expect.stringMatching(at < 8 ? /^E_DAMAGED this is not a backup file of Trivet$/ : /^E_DAMAGED backup file: its header was damaged: /)])
    }
  })

  it('in any bit of its contents is said to have damaged contents', () => {
    for (let bit = 8 * HEADER; bit < 8 * file.length; bit++) {
      const at = bit >> 3
      expect([bit, refusal(file.with(at, (file[at] ?? 0) ^ (1 << (bit & 7))))]).toEqual([bit, 'E_DAMAGED backup file: its contents were damaged'])
    }
  })

  it('by bytes at its end, or that is something else, is told', () => {
    expect(refusal(Uint8Array.of(...file, 0))).toBe('E_DAMAGED backup file: 1 bytes were added at its end')
    for (const other of ['PK\u0003\u0004', '{"wallet":1}', ' TRIVETBK', 'x'.repeat(4000)]) {
      expect(refusal(new TextEncoder().encode(other))).toBe('E_DAMAGED this is not a backup file of Trivet')
    }
  })

  it('costs no work on the passphrase', async () => {
    for (const bytes of [file.subarray(0, 700), file.with(100, 0xff), file.with(9, 3), new Uint8Array(0)]) await expect(open(bytes)).rejects.toThrow(VaultError)
    expect(argon2id).not.toHaveBeenCalled()
  })
})

describe('a backup file that somebody made to deceive', () => {
  it.each([
    ['little memory', 16, 0, 'argon2 memoryKiB is 196608, outside 262144 to 524288'],
    ['much memory', 13, 0x40, 'argon2 memoryKiB is 1074003968, outside 262144 to 524288'],
    ['few passes', 20, 2, 'argon2 iterations is 2, outside 3 to 8'],
    ['many passes', 20, 9, 'argon2 iterations is 9, outside 3 to 8'],
    ['many lanes', 24, 5, 'argon2 parallelism is 5, outside 1 to 4'],
    ['another Argon2', 12, 0x10, 'argon2 version 16 is unknown'],
  ])('with %s is refused before any work is done', async (name, at, value, reason) => {
    const change = (header: Uint8Array): Uint8Array => (name === 'little memory' ? header.with(14, 3).with(16, 0) : header.with(at, value))
    await expect(open(withChecksums(change))).rejects.toThrow(`backup file: its header was damaged: ${reason}`)
    expect(argon2id).not.toHaveBeenCalled()
  })

  it('by another epoch in its header does not open: the header is authenticated', async () => {
    const epochAt = 41 + 8 + 64 + 3
    expect(file[epochAt]).toBe(1)
    await expect(open(withChecksums((header) => header.with(epochAt, 2)))).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
  })

  it('whatever stands in its header, is refused with nothing but the declared error', () => {
    const byte = fc.tuple(fc.integer({ min: 8, max: HEADER - 9 }), fc.integer({ min: 0, max: 255 }))
    fc.assert(fc.property(fc.array(byte, { minLength: 1, maxLength: 40 }), (changes) => {
      const change = (header: Uint8Array): Uint8Array => changes.reduce((bytes, [at, value]) => bytes.with(at, value), header)
      expect(refusal(withChecksums(change))).toMatch(/^(accepted|E_DAMAGED|E_VERSION)/)
    }), { numRuns: 2_000, seed: 1 })
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (random) => {
      expect(refusal(Uint8Array.from(Buffer.concat([Buffer.from('TRIVETBK'), random])))).toMatch(/^E_DAMAGED/)
    }), { numRuns: 2_000, seed: 1 })
  })

  it('of a later version is refused with the advice to update, of version 0 as damage', () => {
    expect(refusal(withChecksums((header) => header.with(9, 3)))).toMatch(/^E_VERSION backup file: it was made by a newer version of Trivet/)
    expect(refusal(withChecksums((header) => header.with(9, 0)))).toBe('E_DAMAGED backup file: its header was damaged: there is no version 0')
  })
})
