import { bytesToHex } from '@noble/hashes/utils.js'
import { describe, expect, it, vi } from 'vitest'
import { FROZEN_BACKUPS } from '../testing/frozen-backups.ts'
import { misfit, missing, openPiece, recoverKeys, wipeShares, type Piece } from './index.ts'

// Argon2id over 256 MiB takes its time on purpose.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const [savings, shop] = FROZEN_BACKUPS
if (savings === undefined || shop === undefined) throw new Error('no vectors')

/** Opened once; tests that change one work on a copy. */
const opened = await Promise.all([savings, shop].flatMap(({ files }) => files.map(({ bytes, passphrase }) => openPiece(crypto.subtle, bytes, passphrase))))
const [anna, ben, annasShop, bensShop] = opened
if (anna === undefined || ben === undefined || annasShop === undefined || bensShop === undefined) throw new Error('no pieces')

function changed(piece: Piece, change: (epoch: Piece['epoch']) => Partial<Piece['epoch']>): Piece {
  const copy = structuredClone(piece)
  return { ...copy, epoch: { ...copy.epoch, ...change(copy.epoch) } }
}

describe('the backups of enough devices', () => {
  it.each([['both of two', savings, [anna, ben]], ['two of three', shop, [bensShop, annasShop]]] as const)('give all keys of the wallet: %s', (_, { keys }, pieces) => {
    const found = recoverKeys(pieces)
    expect(found.map(({ suite, publicKey, chainCode, secret }) =>
      ({ suite, publicKey: bytesToHex(publicKey), chainCode: bytesToHex(chainCode), secret: bytesToHex(secret) }))).toEqual(keys)
  })

  it('survive being handed over by a worker', () => {
    expect(recoverKeys([structuredClone(annasShop), bensShop])).toEqual(recoverKeys([annasShop, bensShop]))
  })
})

describe('what is missing', () => {
  it('is said by number and by the names of the devices that could give it', () => {
    expect(missing([annasShop])).toEqual({ count: 1, of: annasShop.members.filter(({ index }) => index !== annasShop.index).map(({ name }) => name) })
    expect(missing([annasShop, bensShop])).toMatchObject({ count: 0 })
    expect(() => recoverKeys([annasShop])).toThrow('files: 1 more are needed')
  })
})

describe('a file that does not go with the others', () => {
  it.each([
    ['of another wallet', 'wallet', annasShop],
    ['of the same device again', 'twice', structuredClone(anna)],
    ['from before a change of devices', 'earlier', changed(ben, ({ roster }) => ({ roster: { ...roster, epoch: 0 } }))],
    ['from after one', 'later', changed(ben, ({ roster }) => ({ roster: { ...roster, epoch: 2 } }))],
    ['with another threshold', 'contradicts', changed(ben, ({ roster }) => ({ roster: { ...roster, threshold: 3 } }))],
    ['with another key', 'contradicts', changed(ben, ({ keys }) => ({ keys: keys.map((key) => ({ ...key, keyId: key.keyId.with(0, 1) })) }))],
    ['with another verifying share', 'contradicts', changed(ben, ({ keys }) => ({
      keys: keys.map((key) => ({ ...key, verifyingShares: key.verifyingShares.map(({ pid }) => ({ pid, point: key.groupKey })) })),
    }))],
    ['with fewer keys', 'contradicts', changed(ben, ({ keys }) => ({ keys: keys.slice(1) }))],
  ] as const)('is named: %s', (_, reason, next) => {
    expect(misfit([anna], next)).toBe(reason)
    expect(() => recoverKeys([anna, next])).toThrow(`file 2 does not fit the ones before it: ${reason}`)
  })

  it('fits when it comes from another device of the same wallet', () => {
    expect(misfit([anna], ben)).toBeUndefined()
    expect(misfit([], annasShop)).toBeUndefined()
  })
})

it('shares that do not add up to the key give no key', () => {
  const wrong = changed(ben, ({ keys }) => ({ keys: keys.map((key) => ({ ...key, signingShare: new Uint8Array(32).fill(1) })) }))
  expect(() => recoverKeys([anna, wrong])).toThrow(expect.objectContaining({ code: 'E_PKSUM' }))
})

it('a wrong passphrase and damage are told apart', async () => {
  const [file] = savings.files
  if (file === undefined) throw new Error('no file')
  await expect(openPiece(crypto.subtle, file.bytes, 'another one')).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
  await expect(openPiece(crypto.subtle, file.bytes.with(300, 0), file.passphrase)).rejects.toMatchObject({ code: 'E_DAMAGED' })
})

it('wiping leaves no share behind', () => {
  const piece = structuredClone(anna)
  wipeShares(piece)
  for (const { signingShare } of piece.epoch.keys) expect(signingShare.every((byte) => byte === 0)).toBe(true)
})
