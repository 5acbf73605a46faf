import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { randomBytes, VAULT_KEY } from '../testing/people.ts'
import { createVault } from '../vault/index.ts'
import { createMemoryStore } from '../vault/memory-store.ts'
import { AccountLists, decodeAccountLists, encodeAccountLists } from './account-lists.ts'
import type { PartyId } from '@trivet/signalling/wire'

const SAVINGS = 'ab'.repeat(32)
const OTHER = 'cd'.repeat(32)

async function fresh() {
  const vault = createVault({ store: createMemoryStore(), subtle: crypto.subtle, rng: randomBytes, clock: systemClock })
  const open = await vault.create('11'.repeat(32) as PartyId, { cover: new Uint8Array(0) }, { kind: 'raw', key: VAULT_KEY })
  return { open, lists: await AccountLists.open(open), again: () => AccountLists.open(open) }
}

describe('accounts', () => {
  test('are added one after the other, of each chain and wallet by itself, and are there again when the vault is opened anew', async () => {
    const { lists, again } = await fresh()
    expect(lists.of(SAVINGS)).toEqual([])
    // All at once: none is lost or comes twice.
    expect(await Promise.all([lists.add(SAVINGS, 'ethereum'), lists.add(SAVINGS, 'ethereum'), lists.add(SAVINGS, 'bitcoin')])).toEqual([1, 2, 1])
    await lists.label(SAVINGS, 'ethereum', 1, '  Rent ')
    await lists.label(SAVINGS, 'solana', 0, 'Savings')
    for (const opened of [lists, await again()]) {
      expect(opened.of(SAVINGS)).toEqual([
        { chain: 'ethereum', labels: ['', 'Rent', ''] }, { chain: 'bitcoin', labels: ['', ''] }, { chain: 'solana', labels: ['Savings'] },
      ])
      expect(opened.of(OTHER)).toEqual([])
    }
  })

  test('lose their label where the new one is empty', async () => {
    const { lists } = await fresh()
    await lists.label(SAVINGS, 'bitcoin', 0, 'Cold')
    await lists.label(SAVINGS, 'bitcoin', 0, '\u200b ')
    expect(lists.of(SAVINGS)).toEqual([{ chain: 'bitcoin', labels: [''] }])
  })

  test('have labels of plain text, cut to 64 bytes', async () => {
    const { lists, again } = await fresh()
    await lists.label(SAVINGS, 'bitcoin', 0, `\u202eRent\n${'ü'.repeat(60)}`)
    expect(lists.of(SAVINGS)).toEqual([{ chain: 'bitcoin', labels: [`Rent${'ü'.repeat(30)}`] }])
    expect((await again()).of(SAVINGS)).toEqual(lists.of(SAVINGS))
  })

  test('are refused where there is no such account, name of a chain, or room for more; and nothing changes', async () => {
    const { lists } = await fresh()
    for (const index of [-1, 1, 0.5, NaN]) await expect(lists.label(SAVINGS, 'bitcoin', index, 'x')).rejects.toMatchObject({ fault: 'caller', field: 'index' })
    for (const chain of ['', 'Bitcoin', 'a b', 'x'.repeat(17), '__proto__']) await expect(lists.add(SAVINGS, chain)).rejects.toMatchObject({ fault: 'caller', field: 'chain' })
    expect(lists.of(SAVINGS)).toEqual([])
    for (let index = 1; index < 100; index++) expect(await lists.add(SAVINGS, 'bitcoin')).toBe(index)
    await expect(lists.add(SAVINGS, 'bitcoin')).rejects.toMatchObject({ field: 'chain' })
    for (let chain = 1; chain < 16; chain++) await lists.add(OTHER, `c${chain}`)
    await lists.add(OTHER, 'c16')
    await expect(lists.add(OTHER, 'c17')).rejects.toMatchObject({ field: 'chain' })
  })

  test('stay as they were where they could not be written', async () => {
    const { lists, open } = await fresh()
    await lists.add(SAVINGS, 'bitcoin')
    open.lock()
    await expect(lists.add(SAVINGS, 'bitcoin')).rejects.toMatchObject({ fault: 'vault' })
    expect(lists.of(SAVINGS)).toEqual([{ chain: 'bitcoin', labels: ['', ''] }])
  })
})

describe('the record', () => {
  const lists = new Map([['bitcoin', ['', 'Rent', '']], ['ethereum', ['Pay']]])
  // These bytes lie on people's devices: not to be made anew when they differ.
  const frozen = '0102' + '07626974636f696e' + '03' + '00' + '0452656e74' + '00' + '08657468657265756d' + '01' + '03506179'

  test('has the bytes it always had', () => {
    expect(bytesToHex(encodeAccountLists(lists))).toBe(frozen)
    expect(decodeAccountLists(hexToBytes(frozen))).toEqual(lists)
  })

  test('is damage where it is cut, goes on, is of another version, or holds what was never written', () => {
    const bytes = hexToBytes(frozen)
    const bad = [
      bytes.slice(0, -1), Uint8Array.of(...bytes, 0), bytes.with(0, 2), bytes.with(3, 0x42), bytes.with(13, 0x0a), bytes.with(13, 0xff), new Uint8Array(0),
      hexToBytes('0102' + '0162' + '0100' + '0162' + '0100'), hexToBytes('0101' + '0162' + '00'),
    ]
    for (const value of bad) expect(() => decodeAccountLists(value)).toThrow(expect.objectContaining({ code: 'E_DAMAGED' }) as Error)
  })
})
