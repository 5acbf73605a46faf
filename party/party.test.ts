import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { describe, expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { compare, meetAndApprove, person, reaches, sessionIn, type Person } from './testing/people.ts'
import { createMemoryNetwork } from './transport/memory.ts'

async function three(): Promise<Person[]> {
  const network = createMemoryNetwork()
  return Promise.all(['anna', 'ben', 'cleo'].map((name) => person({ transport: network.transport(name) })))
}

async function wallet(people: readonly Person[], threshold = 2): Promise<string> {
  const session = await meetAndApprove(people, { threshold })
  const done = await Promise.all(people.map((who) => reaches(who, session, 'done')))
  const [first] = done
  if (first?.state.at !== 'done' || first.state.wallet === undefined) throw new Error('no wallet')
  return first.state.wallet
}

async function sign(people: readonly Person[], id: string, by: readonly number[], intent: Uint8Array): Promise<readonly Uint8Array[]> {
  const [asker] = by.map((i) => at(people, i))
  if (asker === undefined) throw new Error('nobody')
  const signers = by.map((i) => at(people, i).view().wallets.find((w) => w.id === id)?.myIndex ?? 0)
  const { session } = await asker.party.verbs.requestSignature({ wallet: id, intent, signers })
  for (const i of by.slice(1)) {
    const other = at(people, i)
    await other.until((view) => (sessionIn(view, session)?.state.at === 'approving' ? true : undefined))
    await other.party.verbs.approve({ session })
  }
  const results = await Promise.all(by.map((i) => reaches(at(people, i), session, 'done')))
  const [first] = results.map(({ state }) => (state.at === 'done' ? state.signatures : undefined))
  if (first === undefined) throw new Error('no signatures')
  for (const { state } of results) expect(state.at === 'done' && state.signatures).toEqual(first)
  return first
}

function at<T>(list: readonly T[], i: number): T {
  const value = list[i]
  if (value === undefined) throw new Error(`nothing at ${i}`)
  return value
}

describe('three parties', () => {
  test('make a key, and each pair signs with it', async () => {
    const people = await three()
    const id = await wallet(people)
    const keys = people.map((who) => who.view().wallets[0]?.keys ?? [])
    for (const who of people) expect(who.view().vaults[0]?.wallets).toMatchObject([{ name: who.view().wallets[0]?.name, total: people.length }])
    expect(keys[1]).toEqual(keys[0])
    expect(keys[2]).toEqual(keys[0])
    expect(keys[0]?.map(({ suite }) => suite)).toEqual([1, 2, 3])
    const ecdsa = at(keys[0] ?? [], 0).groupKey
    const ed = at(keys[0] ?? [], 1).groupKey
    for (const pair of [[0, 1], [1, 2], [2, 0]]) {
      const message = new TextEncoder().encode(`signed by ${pair.join()}`)
      const [signature] = await sign(people, id, pair, concat(Uint8Array.of(2), message))
      expect(ed25519.verify(signature ?? new Uint8Array(), message, ed)).toBe(true)
    }
    const digest = new Uint8Array(32).fill(9)
    const bip340 = at(keys[0] ?? [], 2).groupKey
    const [low] = await sign(people, id, [2, 1], concat(Uint8Array.of(1), digest))
    expect(secp256k1.verify(low?.subarray(0, 64) ?? new Uint8Array(), digest, ecdsa, { prehash: false })).toBe(true)
    const [plain] = await sign(people, id, [0, 1], concat(Uint8Array.of(3), digest))
    expect(schnorr.verify(plain ?? new Uint8Array(), digest, bip340.subarray(1))).toBe(true)
    const many = concat(Uint8Array.of(0x84, 3), digest, digest.map(() => 1), digest.map(() => 2))
    expect((await sign(people, id, [1, 0], many)).length).toBe(3)
    await Promise.all(people.map((who) => who.party.close()))
  }, 60_000)

  test('stop when one declines, and everybody reads why', async () => {
    const people = await three()
    const [anna, ben, cleo] = [at(people, 0), at(people, 1), at(people, 2)]
    const { session } = await anna.party.verbs.createWallet({
      name: 'Savings', threshold: 2, places: [{ kind: 'link' }, { kind: 'link' }], device: { name: 'Anna', passphrase: 'a long passphrase' }, pageUrl: 'https://x/',
    })
    const links = sessionIn(anna.view(), session)?.places.flatMap(({ link }) => link ?? []) ?? []
    await ben.party.verbs.joinWallet({ link: at(links, 0), device: { name: 'Ben', passphrase: 'a long passphrase' } })
    await cleo.party.verbs.joinWallet({ link: at(links, 1), device: { name: 'Cleo', passphrase: 'a long passphrase' } })
    await anna.until((view) => {
      const state = sessionIn(view, session)?.state
      return state?.at === 'inviting' && state.ready ? true : undefined
    })
    await anna.party.verbs.startKeygen({ session })
    await compare(people, session)
    await reaches(ben, session, 'approving')
    await ben.party.verbs.decline({ session, reason: 'not today' })
    for (const who of [anna, cleo]) {
      const { state } = await reaches(who, session, 'failed')
      expect(state.at === 'failed' && state.error).toMatchObject({ code: 'E_DECLINED' })
      expect(state.at === 'failed' && state.error.sentence).toContain('Ben')
      expect(state.at === 'failed' && state.error.sentence).toContain('not today')
      expect(who.view().wallets).toEqual([])
    }
    await Promise.all(people.map((who) => who.party.close()))
  }, 30_000)
})

