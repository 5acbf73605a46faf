/**
 * The bytes below lie on people's devices. A change that makes these tests fail locks them out of their shares: do not regenerate
 * the bytes, raise the schema version and write a migration.
 */
import { webcrypto } from 'node:crypto'
import type { PartyId } from '@trivet/signalling/wire'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import type { KeySource } from './key-wrap.ts'
import { createMemoryStore } from './memory-store.ts'
import { createVault, type Vault } from './vault.ts'

// Argon2id takes its time on purpose.
vi.setConfig({ testTimeout: 30_000 })

const party = 'a1'.repeat(32) as PartyId
const wallet = 'c3'.repeat(32)
const raw = { kind: 'raw', key: new Uint8Array(32).fill(0x11) } as const
const passphrase = { kind: 'passphrase', passphrase: 'correct horse battery staple' } as const
const passkey = { kind: 'passkey', credential: utf8ToBytes('credential'), secret: new Uint8Array(32).fill(0x22) } as const

/** Every byte drawn is one more than the one before. */
const countingRng = () => {
  let next = 0
  return (size: number): Uint8Array => Uint8Array.from({ length: size }, () => next++ % 256)
}

const KEY = `vault/${party}/key`
const COVER = `vault/${party}/cover`
const EPOCH_KEY = `vault/${party}/record/epoch-key/${wallet}/1`
const SHARE = `vault/${party}/record/key-share/${wallet}/1`
const nameOf = (kind: string, id: string): string => kind + id + 'a1'.repeat(32)

/** Version 1: one way in, which the first layout of the wrapped key was for. */
const RAW_KEY_1 = {
  [KEY]: `54564b31${'a1'.repeat(32)}02` + '000102030405060708090a0b'
    + '1feeb81c6bb227e700adc588dcb6ed3dd5bc1e773554700c8dc59958d5694905f62510a75c2a50013b4fd7e5bddb5612'
    + 'b08ee6053c9fae21f821c67b3c2b2269390db5527e949ffb94cdab3f5fb41cdf',
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000100000005636f766572` + '2c2d2e2f3031323334353637' + '5cf2bbaffcd97ddc639c30949cd88f71',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000100000000`
    + '38393a3b3c3d3e3f40414243' + '62c60a34f1ec2e19909341885fbe2cf09cd3a2d3f1',
}
const PASSPHRASE_1 = {
  [KEY]: `54564b31${'a1'.repeat(32)}01` + '13000100000000000300000001' + '000102030405060708090a0b0c0d0e0f' + '101112131415161718191a1b'
    + '00701326016ed7bbd1476d276f94435d60272b243f73f7bf4a11da8c43d25d82f539102b3b606bd46b82cecc1e5ec75c'
    + '272d5e66a2d9c378f96d8c7e27b8899c2f54d49952f5933459ce9f5332450aa9',
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000100000005636f766572` + '3c3d3e3f4041424344454647' + 'cbdd9271fb9a051c4cf4eccacf322793',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000100000000`
    + '48494a4b4c4d4e4f50515253' + '3fa53dd5f2e77416d43ea57adf3723a1867a9b9844',
}

/** Version 2: several ways in. */
const RAW_KEY_WRAP = `54564b32${'a1'.repeat(32)}`
  + '0102202122232425262728292a2b1d383a305d7d09f0ded7d56cc2bf91af3d4295dadade0e298a443b8204deaa7a7ba0'
  + '395d4991c2b355656b2aef75226233c3a54e82980f761161543d8df461aa796fced64e770fe2aeaaef2a902e458d'
const RAW_KEY_2 = {
  [KEY]: RAW_KEY_WRAP,
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000200000005636f766572` + '2c2d2e2f3031323334353637' + '4ca5eb539b2bc2bc352f022cdd4173a9',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000200000000`
    + '38393a3b3c3d3e3f40414243' + '0f14c302edef5209a7e5f6b61204397c86a7cca54c',
}
const PASSPHRASE_WRAP = `54564b32${'a1'.repeat(32)}`
  + '010113000100000000000300000001202122232425262728292a2b2c2d2e2f303132333435363738393a3ba2738f5510'
  + 'fe068616176a0b59dadb2aa5eaaeb924b9a7830cdddb30579b246e321289752d3a1f805597a02f55ee0315f5d254ee59'
  + '3660b65012a9862ea703756e88a1aa2a6180ea4f4acb1124893288'
const PASSPHRASE_2 = {
  [KEY]: PASSPHRASE_WRAP,
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000200000005636f766572` + '3c3d3e3f4041424344454647' + '29750aa0867e1b5cf04bcbb4edcc4cbe',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000200000000`
    + '48494a4b4c4d4e4f50515253' + 'bd45ea111019e0c39d80d4754cdde6492c8ecbdc8e',
}
const PASSKEY_2 = {
  [KEY]: `54564b32${'a1'.repeat(32)}`
    + '0202202122232425262728292a2b1d383a305d7d09f0ded7d56cc2bf91af3d4295dadade0e298a443b8204deaa7a7ba0'
    + '395d4991c2b355656b2aef75226203000a63726564656e7469616c333333333333333333333333333333333333333333'
    + '33333333333333333333330550686f6e654445464748494a4b4c4d4e4fea5d420129c7b6c1bd17634da0ca272b9cd6bd'
    + '4427bef1564e86ad986a0a0a68fd14b25e8d99617d1ec4c8f508d383007f916c1bb16a59c6af0a8fbd048ab059e4a7c4'
    + '34bc534db19ef4c5cf586573de',
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000200000005636f766572` + '2c2d2e2f3031323334353637' + '4ca5eb539b2bc2bc352f022cdd4173a9',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000200000000`
    + '38393a3b3c3d3e3f40414243' + '0f14c302edef5209a7e5f6b61204397c86a7cca54c',
}

/** Version 3: a key of its own for each epoch. */
const RAW_KEY_3 = {
  [KEY]: RAW_KEY_WRAP,
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000300000005636f766572` + '2c2d2e2f3031323334353637' + '7e7960a63e992e6b6c00870109cabd3e',
  [EPOCH_KEY]: `54565231${nameOf('0965706f63682d6b6579', '40' + '6333'.repeat(32))}00000001000300000000`
    + '58595a5b5c5d5e5f60616263' + 'c300b9b08879e01ddfa8a00c48f81cd8e897d8e42c03afe8cf623c589e12ef784291c0e5cb5906d4791e2f5b6783f58e',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000300000000`
    + '6465666768696a6b6c6d6e6f' + '02f12c99aa7d8701c9f505a52388ad592d28152609',
}
const PASSPHRASE_3 = {
  [KEY]: PASSPHRASE_WRAP,
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000300000005636f766572` + '3c3d3e3f4041424344454647' + '1ba9815523ccf78ba9644e9939478229',
  [EPOCH_KEY]: `54565231${nameOf('0965706f63682d6b6579', '40' + '6333'.repeat(32))}00000001000300000000`
    + '68696a6b6c6d6e6f70717273' + '66aa4306f4b2d60b252416b970100e8cb249ef0ab1c812cc03c28ee47bd09d43977e09026eddc5c413eefe656e8dedc5',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000300000000`
    + '7475767778797a7b7c7d7e7f' + 'b01af1e245f78e3f76a5618b70070dc358c0a41362',
}
const PASSKEY_3 = {
  [KEY]: `54564b32${'a1'.repeat(32)}`
    + '0202202122232425262728292a2b1d383a305d7d09f0ded7d56cc2bf91af3d4295dadade0e298a443b8204deaa7a7ba0'
    + '395d4991c2b355656b2aef75226203000a63726564656e7469616c333333333333333333333333333333333333333333'
    + '33333333333333333333330550686f6e65707172737475767778797a7b087754fb9f8b58fc1a31fda914d730b5938e95'
    + '8fcf4d4727e82d405fcb162b7d66c3ab2d600f0cf506b25d29e879b378813b97230524f3c6109de380e0c1500b52be7f'
    + 'd2050ba543dc28c39f0044cd44',
  [COVER]: `54565231${nameOf('062e636f766572', '00')}00000000000300000005636f766572` + '2c2d2e2f3031323334353637' + '7e7960a63e992e6b6c00870109cabd3e',
  [EPOCH_KEY]: `54565231${nameOf('0965706f63682d6b6579', '40' + '6333'.repeat(32))}00000001000300000000`
    + '58595a5b5c5d5e5f60616263' + 'c300b9b08879e01ddfa8a00c48f81cd8e897d8e42c03afe8cf623c589e12ef784291c0e5cb5906d4791e2f5b6783f58e',
  [SHARE]: `54565231${nameOf('096b65792d7368617265', '40' + '6333'.repeat(32))}00000001000300000000`
    + '6465666768696a6b6c6d6e6f' + '02f12c99aa7d8701c9f505a52388ad592d28152609',
}

describe.each([
  ['1 under a raw key', raw, RAW_KEY_1],
  ['1 under a passphrase', passphrase, PASSPHRASE_1],
  ['2 under a raw key', raw, RAW_KEY_2],
  ['2 under a passphrase', passphrase, PASSPHRASE_2],
  ['2 under a passkey beside a raw key', passkey, PASSKEY_2],
])('a vault of version %s', (_, source, frozen) => {
  it('is read from these bytes', async () => {
    await reads(frozen, source)
  })
})

describe.each([
  ['a raw key', raw, RAW_KEY_3, async () => undefined],
  ['a passphrase', passphrase, PASSPHRASE_3, async () => undefined],
  ['a passkey beside a raw key', passkey, PASSKEY_3, (vault: Vault) => vault.addPasskey(party, raw, { ...passkey, salt: new Uint8Array(32).fill(0x33), label: 'Phone' })],
] as const)('a vault of version 3 under %s', (_, source, frozen, more) => {
  it('is written as these bytes', async () => {
    const store = createMemoryStore()
    const vault = createVault({ store, subtle: webcrypto.subtle, rng: countingRng(), clock: systemClock })
    const open = await vault.create(party, { cover: utf8ToBytes('cover') }, source.kind === 'passkey' ? raw : source)
    await open.write([{ kind: 'key-share', id: wallet, epoch: 1, value: utf8ToBytes('share') }])
    await more(vault)
    expect(Object.fromEntries([...store.contents].map(([key, value]) => [key, bytesToHex(value)]))).toEqual(frozen)
  })

  it('is read from these bytes', async () => {
    await reads(frozen, source)
  })
})

async function reads(frozen: Readonly<Record<string, string>>, source: KeySource): Promise<void> {
  const store = createMemoryStore()
  await store.write(Object.entries(frozen).map(([key, hex]) => ({ key, value: hexToBytes(hex) })))
  const vault = createVault({ store, subtle: webcrypto.subtle, rng: countingRng(), clock: systemClock })
  expect(await vault.list()).toMatchObject([{ partyId: party, cover: utf8ToBytes('cover') }])
  const open = await vault.unlock(party, source)
  expect(await open.readAll('key-share')).toEqual([{ id: wallet, epoch: 1, value: utf8ToBytes('share') }])
}
