/**
 * The bytes below lie on people's devices. A change that makes these tests fail locks them out of their shares: do not regenerate
 * the bytes, raise the schema version and write a migration.
 */
import { webcrypto } from 'node:crypto'
import type { PartyId } from '@trivet/signalling/wire'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, it, vi } from 'vitest'
import { createMemoryStore } from './memory-store.ts'
import { createVault } from './vault.ts'

// Argon2id takes its time on purpose.
vi.setConfig({ testTimeout: 30_000 })

const party = 'a1'.repeat(32) as PartyId
const wallet = 'c3'.repeat(32)
const raw = { kind: 'raw', key: new Uint8Array(32).fill(0x11) } as const
const passphrase = { kind: 'passphrase', passphrase: 'correct horse battery staple' } as const

/** Every byte drawn is one more than the one before. */
const countingRng = () => {
  let next = 0
  return (size: number): Uint8Array => Uint8Array.from({ length: size }, () => next++ % 256)
}

const KEY = `vault/${party}/key`
const COVER = `vault/${party}/cover`
const SHARE = `vault/${party}/record/key-share/${wallet}/1`
const nameOf = (kind: string, id: string): string => kind + id + 'a1'.repeat(32)

const UNDER_RAW_KEY = {
  [KEY]: `54564b31${'a1'.repeat(32)}02` + '000102030405060708090a0b'
    + '1feeb81c6bb227e700adc588dcb6ed3dd5bc1e773554700c8dc59958d5694905f62510a75c2a50013b4fd7e5bddb5612'
    + 'b08ee6053c9fae21f821c67b3c2b2269390db5527e949ffb94cdab3f5fb41cdf',
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000100000005636f766572` + '2c2d2e2f3031323334353637' + '5cf2bbaffcd97ddc639c30949cd88f71',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000100000000`
    + '38393a3b3c3d3e3f40414243' + '62c60a34f1ec2e19909341885fbe2cf09cd3a2d3f1',
}
const UNDER_PASSPHRASE = {
  [KEY]: `54564b31${'a1'.repeat(32)}01` + '13000100000000000300000001' + '000102030405060708090a0b0c0d0e0f' + '101112131415161718191a1b'
    + '00701326016ed7bbd1476d276f94435d60272b243f73f7bf4a11da8c43d25d82f539102b3b606bd46b82cecc1e5ec75c'
    + '272d5e66a2d9c378f96d8c7e27b8899c2f54d49952f5933459ce9f5332450aa9',
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000100000005636f766572` + '3c3d3e3f4041424344454647' + 'cbdd9271fb9a051c4cf4eccacf322793',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000100000000`
    + '48494a4b4c4d4e4f50515253' + '3fa53dd5f2e77416d43ea57adf3723a1867a9b9844',
}

describe.each([
  ['a raw key', raw, UNDER_RAW_KEY],
  ['a passphrase', passphrase, UNDER_PASSPHRASE],
])('a vault under %s', (_, source, frozen) => {
  it('is written as these bytes', async () => {
    const store = createMemoryStore()
    const open = await createVault({ store, subtle: webcrypto.subtle, rng: countingRng() }).create(party, utf8ToBytes('cover'), source)
    await open.write([{ kind: 'key-share', id: wallet, epoch: 1, value: utf8ToBytes('share') }])
    expect(Object.fromEntries([...store.contents].map(([key, value]) => [key, bytesToHex(value)]))).toEqual(frozen)
  })

  it('is read from these bytes', async () => {
    const store = createMemoryStore()
    await store.write(Object.entries(frozen).map(([key, hex]) => ({ key, value: hexToBytes(hex) })))
    const vault = createVault({ store, subtle: webcrypto.subtle, rng: countingRng() })
    expect(await vault.list()).toEqual([{ partyId: party, cover: utf8ToBytes('cover') }])
    const open = await vault.unlock(party, source)
    expect(await open.readAll('key-share')).toEqual([{ id: wallet, epoch: 1, value: utf8ToBytes('share') }])
  })
})
