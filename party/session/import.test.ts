/** A key that existed before comes into a new wallet: its old address signs by any two of three devices. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { concat, type SuiteId } from '@trivet/protocol/core'
import { deriveKey } from '@trivet/protocol/derive'
import type { Interpret } from '@trivet/protocol/intent'
import { describe, expect, test, vi } from 'vitest'
import type { ImportSource } from '../api.ts'
import { ethereumAddress, segwitAddress, solanaAddress } from '../import/addresses.fixture.ts'
import type { AccountKind } from '../import/index.ts'
import { askPerson, type Policy } from '../policy.ts'
import { flipped } from '../testing/bent-line.ts'
import { turnUntil } from '../testing/fake-clock.ts'
import { interpretForTests, meet, meetAndApprove, PAGE, person, reaches, signTogether, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, type Trio } from '../testing/trio.ts'

// Every device computes its part on one machine here.
vi.setConfig({ testTimeout: 60_000 })

const PHRASE = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about'
const MESSAGE = new Uint8Array(32).fill(7)

const account = (kind: AccountKind): ImportSource => ({ kind: 'secret', text: PHRASE, choices: { account: { kind, number: 0 } } })
const digits = (hex: 'secp256k1' | 'ed25519-seed'): ImportSource => ({ kind: 'secret', text: '11'.repeat(32), choices: { hex } })

/** At the first address of the old wallet. */
const atFirst = (firstPath: readonly number[]): Interpret => (intent, keys) => ({ ...interpretForTests(intent, keys), path: firstPath })

async function imported(source: ImportSource, firstPath: readonly number[] = []): Promise<Trio & { readonly wallet: string }> {
  const trio = await makeTrio({ person: { interpret: atFirst(firstPath) } })
  const session = await meetAndApprove(trio.all, { threshold: 2, imported: source })
  const [done] = await Promise.all(trio.all.map((who) => reaches(who, session, 'done')))
  if (done?.state.at !== 'done' || done.state.wallet === undefined) throw new Error('no wallet')
  return { ...trio, wallet: done.state.wallet }
}

/** The key of the wallet's first account, as everybody derives it. */
function firstKey(who: Person, suite: SuiteId): Uint8Array {
  const { keys, firstPath } = the(who.view().wallets[0])
  return deriveKey(the(keys.find((key) => key.suite === suite)), firstPath).publicKey
}

function verify(suite: SuiteId, signature: Uint8Array, publicKey: Uint8Array): void {
  if (suite === 2) return expect(ed25519.verify(signature, MESSAGE, publicKey)).toBe(true)
  if (suite === 3) return expect(schnorr.verify(signature, MESSAGE, publicKey.subarray(1))).toBe(true)
  expect(secp256k1.verify(signature.subarray(0, 64), MESSAGE, publicKey, { prehash: false })).toBe(true)
}

describe('a seed phrase', () => {
  test.each([
    { kind: 'ethereum', suite: 1, firstPath: [0, 0], address: '0x9858EfFD232B4033E47d90003D41EC34EcaEda94', write: ethereumAddress },
    { kind: 'bitcoin-segwit', suite: 1, firstPath: [0, 0], address: 'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu', write: segwitAddress },
    { kind: 'bitcoin-taproot', suite: 3, firstPath: [0, 0], address: '03cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115', write: bytesToHex },
    { kind: 'solana', suite: 2, firstPath: [], address: 'HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk', write: solanaAddress },
  ] as const)('of $kind becomes a wallet in which every two devices sign for the old address', async ({ kind, suite, firstPath, address, write }) => {
    const { all, anna, ben, cleo, wallet } = await imported(account(kind), firstPath)
    for (const who of all) {
      expect(who.view().wallets).toMatchObject([{ origin: 'imported', firstPath, keys: [{ suite }], state: 'ready' }])
      expect(write(firstKey(who, suite))).toBe(address)
    }
    for (const pair of [[anna, ben], [ben, cleo], [cleo, anna]]) {
      const [signature] = await signTogether(pair, wallet, concat(Uint8Array.of(suite), MESSAGE))
      verify(suite, the(signature), firstKey(anna, suite))
    }
  })
})

describe('a private key', () => {
  test('of secp256k1 becomes the keys of both of its suites, which sign', async () => {
    const { all, anna, ben, cleo, wallet } = await imported(digits('secp256k1'))
    for (const who of all) {
      const keys = the(who.view().wallets[0]).keys.map(({ suite, groupKey }) => [suite, bytesToHex(groupKey)])
      expect(keys).toEqual([1, 3].map((suite) => [suite, bytesToHex(firstKey(anna, 1))]))
    }
    for (const suite of [1, 3] as const) {
      const [signature] = await signTogether([ben, cleo], wallet, concat(Uint8Array.of(suite), MESSAGE))
      verify(suite, the(signature), secp256k1.getPublicKey(Uint8Array.from({ length: 32 }, () => 0x11)))
    }
  })

  test('of Ed25519 signs under the public key that its software has made of it', async () => {
    const { anna, cleo, wallet } = await imported(digits('ed25519-seed'))
    const [signature] = await signTogether([cleo, anna], wallet, concat(Uint8Array.of(2), MESSAGE))
    verify(2, the(signature), ed25519.getPublicKey(Uint8Array.from({ length: 32 }, () => 0x11)))
  })

  test.each<[string, ImportSource, string]>([
    ['a phrase with a wrong word', { ...account('ethereum'), text: PHRASE.replace('about', 'abbout') } as ImportSource, 'phrase'],
    ['a phrase without its last word', { ...account('ethereum'), text: PHRASE.replace(' about', '') } as ImportSource, 'phrase'],
    ['a phrase of which no account is chosen', { kind: 'secret', text: PHRASE, choices: {} }, 'account'],
    ['digits that are too few', { kind: 'secret', text: '11'.repeat(31), choices: { hex: 'secp256k1' } }, 'key'],
    ['a suite of another curve', { ...digits('secp256k1'), suites: [2] } as ImportSource, 'suites'],
    ['no suite', { ...digits('secp256k1'), suites: [] } as ImportSource, 'suites'],
    ['a file that is none', { kind: 'share', file: new TextEncoder().encode('{"Ks":[1') }, 'file'],
  ])('%s is refused by its field, before a device or a lobby is made', async (_, source, field) => {
    const { anna, network } = await makeTrio()
    const stranger = await person({ transport: network.transport('Dora') })
    const device = { name: 'Dora', passphrase: 'a passphrase of Dora' }
    for (const who of [anna, stranger]) {
      const asked = who.party.verbs.createWallet({ name: 'Old', threshold: 2, places: [{ kind: 'link' }], pageUrl: PAGE, imported: source, ...(who === stranger ? { device } : {}) })
      await expect(asked).rejects.toMatchObject({ code: 'E_INPUT', field })
      if (field !== 'suites') await expect(who.party.verbs.readImport({ source })).rejects.toMatchObject({ code: 'E_INPUT', field })
      expect(who.view()).toMatchObject({ sessions: [], wallets: [], vaults: who === anna ? [{}] : [] })
    }
  })

  test.each([
    { message: 'R1 with another commitment', type: 0x31, at: 40 },
    { message: 'R2 with another key', type: 0x32, at: 40 },
    { message: 'R3 with a wrong share', type: 0x33, at: 62 },
    { message: 'R3 with another chain code', type: 0x33, at: -1 },
  ])('whose importer signs a $message makes no wallet, and the importer is named', async ({ type, at }) => {
    const { anna, ben, cleo, line, clock } = await makeTrio()
    line.lie = (said) => (said.type === type && said.from >= 0xff00 ? flipped(said.body, (at + said.body.length) % said.body.length) : undefined)
    const session = await meetAndApprove([cleo, anna, ben], { threshold: 2, imported: account('solana') })
    const errors = await failuresOf(clock, [anna, ben], session)
    expect(line.said).toContain(type)
    for (const { culprits, safe } of errors) expect([culprits.map(({ name }) => name), safe]).toEqual([['Cleo'], 'No wallet was made. The key is where it was.'])
    for (const who of [anna, ben]) expect(who.view().wallets).toEqual([])
  })
})

describe('the lobby', () => {
  test('says that the key is brought along, before anybody is asked', async () => {
    const { all, anna, ben } = await makeTrio()
    const session = await meet(all, { threshold: 2, imported: account('ethereum') })
    const view = await ben.until((now) => now.sessions.find(({ id, imported }) => id === session && imported !== undefined))
    expect(view).toMatchObject({ kind: 'import', imported: { from: 'secret' } })
    expect(anna.view().sessions[0]).toMatchObject({ kind: 'import', imported: { from: 'secret' } })
    await expect(ben.party.verbs.giveShare({ session, file: new Uint8Array(2) })).rejects.toMatchObject({ field: 'session' })
  })

  test('lets a policy know it', async () => {
    const asked: unknown[] = []
    const policy: Policy = { ...askPerson, keygen: async (request) => {
      asked.push(request)
      return { answer: 'ask' }
    } }
    const { all } = await makeTrio({ person: { policy } })
    const session = await meetAndApprove(all, { threshold: 2, imported: account('solana') })
    await Promise.all(all.map((who) => reaches(who, session, 'done')))
    expect(asked.map((request) => request)).toEqual(Array(3).fill(expect.objectContaining({ imported: true, suites: [2], walletName: 'Savings' })))
  })
})

describe('the first refresh', () => {
  test('follows by itself, and nobody is asked once more', async () => {
    const reshare = vi.fn<Policy['reshare']>(async () => ({ answer: 'ask' }))
    const { all, clock, anna } = await makeTrio({ person: { policy: { ...askPerson, reshare } } })
    const session = await meetAndApprove(all, { threshold: 2, imported: account('solana') })
    await Promise.all(all.map((who) => reaches(who, session, 'done')))
    for (const who of all) expect(who.view().wallets).toMatchObject([{ epoch: 1, awaitsRefresh: true }])
    const before = firstKey(anna, 2)
    await turnUntil(clock, () => all.every((who) => who.view().wallets[0]?.epoch === 2))
    for (const who of all) {
      expect(who.view().wallets).toMatchObject([{ state: 'ready', origin: 'imported' }])
      expect(who.view().wallets[0]?.awaitsRefresh).toBeUndefined()
      expect(firstKey(who, 2)).toEqual(before)
    }
    expect(reshare).not.toHaveBeenCalled()
    const [signature] = await signTogether([all[1], all[2]], the(anna.view().wallets[0]).id, concat(Uint8Array.of(2), MESSAGE))
    verify(2, the(signature), before)
  })

  test('waits until all are there, and the wallet says so', async () => {
    const { all, anna, ben, cleo, clock, restarted } = await makeTrio()
    const session = await meetAndApprove(all, { threshold: 2, imported: account('solana') })
    await Promise.all(all.map((who) => reaches(who, session, 'done')))
    await cleo.party.close()
    await turnUntil(clock, () => anna.view().wallets[0]?.parties.some(({ online }) => !online) === true)
    await clock.advance(120_000)
    for (const who of [anna, ben]) expect(who.view().wallets).toMatchObject([{ epoch: 1, awaitsRefresh: true, state: 'ready' }])
    const back = await restarted(cleo, 'Cleo')
    await turnUntil(clock, () => [anna, ben, back].every((who) => who.view().wallets[0]?.epoch === 2))
  })
})
