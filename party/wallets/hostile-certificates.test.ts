/** Certificates that should not be believed: whatever they are, nothing changes, in memory or on the disk. */
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { bytesToHex } from '@noble/hashes/utils.js'
import { decodeCertificate, encodeCertificate } from '@trivet/protocol/epoch'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { born, changed, identityOf, type LifeEpoch } from '../testing/lives.ts'
import { randomBytes, the, VAULT_KEY } from '../testing/people.ts'
import { createVault } from '../vault/index.ts'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'
import { Wallets } from './wallets.ts'

const ed25519 = await chooseEd25519(crypto.subtle)
const clock = new FakeClock()

let first: LifeEpoch
let second: LifeEpoch
let third: LifeEpoch
let id: string

beforeAll(async () => {
  first = await born(await Promise.all(['Anna', 'Ben', 'Cleo'].map(identityOf)), 2)
  second = await changed(first, { threshold: 2, stay: [2, 3], join: [await identityOf('Dora')], quorum: [1, 2] })
  third = await changed(second, { threshold: 2, stay: [2, 3, 4], quorum: [2, 3, 4] })
  id = first.walletId
})

let store: MemoryStore
let wallets: Wallets
beforeEach(async () => {
  store = createMemoryStore()
  const vault = createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock })
  const open = await vault.create(the(first.people.get(3)).card.partyId, { cover: new Uint8Array(0) }, { kind: 'raw', key: VAULT_KEY })
  wallets = await Wallets.open({ vault: open, deviceName: 'device', ed25519, clock })
  await wallets.prepare(...first.stored(3))
  await wallets.commit(id, first.certificate)
})

const shares = (): readonly string[] => [...wallets.list(), ...wallets.prepared(id)].flatMap(({ epoch: { roster, keys } }) => keys.map(({ signingShare }) => `${roster.epoch} ${bytesToHex(signingShare)}`))

async function refused(certificate: Uint8Array, code: string, message: string): Promise<void> {
  const [before, contents] = [shares(), new Map(store.contents)]
  await expect(wallets.commit(id, certificate)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string })
  expect(shares()).toEqual(before)
  expect(wallets.shareless()).toEqual([])
  expect(store.contents).toEqual(contents)
}

/** A change of this wallet among these, who say of themselves that they are its members. */
async function forged(names: readonly string[], quorum: readonly number[]): Promise<Uint8Array> {
  const made = await born(await Promise.all(names.map(identityOf)), 2, [3], 'forged')
  const theirs = { ...made, epochs: new Map([...made.epochs].map(([pid, epoch]) => [pid, { ...epoch, walletId: id }])) }
  return (await changed(theirs, { threshold: 2, stay: [2, 3], quorum })).certificate
}

for (const [what, prepares] of [['that took no part', false], ['that voted', true]] as const) {
  test(`a device ${what} refuses one with a signature that does not verify, at any place`, async () => {
    if (prepares) await wallets.prepare(...second.stored(3))
    const { approvals } = decodeCertificate(second.certificate)
    const at = second.certificate.length
    // The last vote's signature, and that of the first approval.
    const first64 = Buffer.from(second.certificate).indexOf(Buffer.from(the(approvals[0]).envelope.signature))
    for (const place of [at - 68 - 10, first64 + 5]) await refused(second.certificate.with(place, (second.certificate[place] ?? 0) ^ 1), 'E_FINAL', 'a signature in it does not verify')
  })

  test(`a device ${what} refuses one in which strangers dealt in the place of members`, async () => {
    if (prepares) await wallets.prepare(...second.stored(3))
    const certificate = await forged(['Eve', 'Mallory', 'Trudy'], [1, 2])
    await refused(certificate, 'E_CONFIG', 'expected at least 2 members of epoch 1 to have dealt, got 0')
  })
}

test('one in which too few of those who dealt are members is refused', async () => {
  const { certificate: bytes } = second
  const certificate = decodeCertificate(bytes)
  const [dealer] = certificate.oldQuorum
  const approvals = certificate.approvals.filter(({ envelope }) => envelope.header.from !== dealer)
  await refused(encodeCertificate({ ...certificate, oldQuorum: certificate.oldQuorum.slice(1), approvals }), 'E_CONFIG', 'expected at least 2 members of epoch 1 to have dealt, got 1')
})

test('one of another wallet of the same devices is refused', async () => {
  const other = await born([...first.people.values()], 2, [3], 'another wallet')
  await refused((await changed(other, { threshold: 2, stay: [2, 3], quorum: [1, 2] })).certificate, 'E_CONFIG', 'it is of another wallet')
})

test('one that follows an epoch which does not count here is refused', async () => {
  await refused(third.certificate, 'E_CONFIG', 'it follows epoch 2, and here epoch 1 counts')
})

test('one that is cut short, or has something left over, is refused', async () => {
  await refused(second.certificate.subarray(0, -1), 'E_LEN', 'certificate')
  await refused(Uint8Array.of(...second.certificate, 0), 'E_LEN', 'certificate')
})

test('one of an epoch that is over, played again, has no effect', async () => {
  await wallets.prepare(...second.stored(3))
  await wallets.commit(id, second.certificate)
  const [before, contents] = [shares(), new Map(store.contents)]
  await wallets.commit(id, first.certificate)
  await wallets.commit(id, second.certificate)
  expect(shares()).toEqual(before)
  expect(store.contents).toEqual(contents)
})

test('one of a wallet that is not here is refused', async () => {
  await expect(wallets.commit('ff'.repeat(32), second.certificate)).rejects.toMatchObject({ code: 'E_CONFIG' })
})

test('one that follows an unknown epoch is only shown, and only where its signatures verify; what counts here is not', async () => {
  const contents = new Map(store.contents)
  const before = shares()
  const at = third.certificate.length - 10
  await expect(wallets.notice(id, third.certificate.with(at, (third.certificate[at] ?? 0) ^ 1))).rejects.toMatchObject({ code: 'E_FINAL' })
  expect([await wallets.notice(id, first.certificate), wallets.later(id)]).toEqual([false, undefined])
  expect([await wallets.notice(id, third.certificate), wallets.later(id)]).toEqual([true, { epoch: 3, by: [2, 3] }])
  expect(await wallets.notice(id, third.certificate)).toBe(false)
  expect(shares()).toEqual(before)
  expect(store.contents).toEqual(contents)
  // Once it counts here, there is nothing to show.
  await wallets.prepare(...second.stored(3))
  await wallets.commit(id, second.certificate)
  expect(wallets.later(id)).toEqual({ epoch: 3, by: [2, 3] })
  await wallets.prepare(...third.stored(3))
  await wallets.commit(id, third.certificate)
  expect(wallets.later(id)).toBeUndefined()
})
