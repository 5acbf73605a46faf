/**
 * Recovers keys by `docs/backup-format.md` alone: what a stranger would write who has the page and the files, and nothing of ours. It
 * imports no code of this project but the frozen files themselves; where it and the page differ, the page is wrong.
 */
import { createDecipheriv, createHash } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { argon2id } from 'hash-wasm'
import { expect, test, vi } from 'vitest'
import { FROZEN_BACKUPS } from '../testing/frozen-backups.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Reads big-endian fields in order. */
function cursor(bytes: Buffer) {
  let at = 0
  const take = (size: number): Buffer => {
    if (at + size > bytes.length) throw new Error('cut short')
    at += size
    return bytes.subarray(at - size, at)
  }
  const number = (size: number): number => Number(`0x${take(size).toString('hex')}`)
  return { take, number, part: () => take(number(4)), left: () => bytes.length - at }
}

const checksum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

/** Steps 1 to 4 of the page: the contents of a file. */
async function contentsOf(file: Buffer, passphrase: string): Promise<{ readonly suites: readonly number[]; readonly contents: Buffer }> {
  const head = cursor(file)
  expect(head.take(8).toString()).toBe('TRIVETBK')
  expect([1, 2]).toContain(head.number(2))
  const length = head.number(2)
  expect(file.toString('hex', length - 8, length)).toBe(checksum(file.subarray(0, length - 8)))
  expect(file.toString('hex', file.length - 8)).toBe(checksum(file.subarray(0, file.length - 8)))
  expect(head.number(1)).toBe(0x13)
  const [memorySize, iterations, parallelism] = [head.number(4), head.number(4), head.number(4)]
  const salt = head.take(16)
  head.take(8 + 32 + 32 + 4 + 2)
  const suites = Array.from({ length: head.number(1) }, () => {
    const suite = head.number(1)
    head.take(suite === 2 ? 32 : 33)
    return suite
  })
  const sealedLength = head.number(4)
  const iv = head.take(12)
  const key = await argon2id({ password: passphrase.normalize('NFKC'), salt, memorySize, iterations, parallelism, hashLength: 32, outputType: 'binary' })
  const sealed = file.subarray(length, length + sealedLength)
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(file.subarray(0, length)).setAuthTag(sealed.subarray(-16))
  return { suites, contents: Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]) }
}

interface Share {
  readonly suite: number
  readonly index: number
  readonly chainCode: string
  readonly publicKey: string
  readonly share: bigint
}

/** Steps 5 and 6: the shares in it. */
function sharesIn(contents: Buffer, suites: readonly number[]): { readonly threshold: number; readonly shares: readonly Share[] } {
  const outer = cursor(contents)
  outer.part()
  const record = cursor(outer.part())
  expect(outer.left()).toBe(0)
  expect([1, 2]).toContain(record.number(1))
  record.take(8)
  record.part()
  const epoch = cursor(record.part())
  expect(epoch.number(1)).toBe(1)
  epoch.take(32 + 32 + 32)
  epoch.part()
  const cfg = cursor(epoch.part())
  cfg.take(1)
  const [threshold, members] = [cfg.number(2), cfg.number(2)]
  const indices = Array.from({ length: members }, () => {
    const index = cfg.number(2)
    cfg.take(32)
    return index
  })
  const index = epoch.number(2)
  const shares = suites.map((suite) => {
    const size = suite === 2 ? 32 : 33
    const chainCode = epoch.take(32).toString('hex')
    epoch.take(32)
    const publicKey = epoch.take(size).toString('hex')
    const verifying = indices.map(() => epoch.take(size).toString('hex'))
    const share = scalarFrom(suite, epoch.take(32))
    expect(timesBase(suite, share)).toBe(verifying[indices.indexOf(index)])
    return { suite, index, chainCode, publicKey, share }
  })
  expect(epoch.left()).toBe(0)
  return { threshold, shares }
}

const fieldOf = (suite: number) => (suite === 2 ? ed25519.Point.Fn : secp256k1.Point.Fn)
const scalarFrom = (suite: number, bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(suite === 2 ? bytes.toReversed() : bytes).toString('hex')}`)
function timesBase(suite: number, scalar: bigint): string {
  return Buffer.from((suite === 2 ? ed25519 : secp256k1).Point.BASE.multiply(scalar).toBytes()).toString('hex')
}

/** Step 7: d = Σ x_i · Π j/(j−i). */
function interpolate(suite: number, shares: readonly Share[]): bigint {
  const field = fieldOf(suite)
  const quotient = (a: number, b: number): bigint => field.div(field.create(BigInt(a)), field.create(BigInt(b)))
  const others = (index: number): readonly number[] => shares.map((other) => other.index).filter((other) => other !== index)
  return shares.reduce((sum, { index, share }) => sum + others(index).reduce((x, j) => field.mul(x, quotient(j, j - index)), share), 0n) % field.ORDER
}

for (const { wallet, files, keys } of FROZEN_BACKUPS) {
  test(`the keys of “${wallet.name}”, ${wallet.threshold} of ${wallet.total}, come out of the backup files of ${files.map(({ device }) => device).join(' and ')} by docs/backup-format.md alone`, async () => {
    const found = []
    for (const { bytes, passphrase } of files) {
      const { suites, contents } = await contentsOf(Buffer.from(bytes), passphrase)
      found.push(sharesIn(contents, suites))
    }
    expect(found.map(({ threshold }) => threshold)).toEqual(files.map(() => wallet.threshold))
    for (const [i, key] of keys.entries()) {
      const shares = found.flatMap((file) => file.shares[i] ?? [])
      const secret = interpolate(key.suite, shares)
      expect(timesBase(key.suite, secret)).toBe(key.publicKey)
      for (const { publicKey, chainCode } of shares) expect({ publicKey, chainCode }).toEqual({ publicKey: key.publicKey, chainCode: key.chainCode })
      const bigEndian = Buffer.from(secret.toString(16).padStart(64, '0'), 'hex')
      expect((key.suite === 2 ? bigEndian.reverse() : bigEndian).toString('hex')).toBe(key.secret)
    }
  })
}
