/** ECDSA signing by whole parties: what its pairs are for, and what ends them. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { deriveChild } from '@trivet/protocol/derive'
import type { PartyInWallet } from '../api.ts'
import { flipped } from '../testing/bent-line.ts'
import { ask, failureOf, makeWallet, reaches, sessionIn, signTogether, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, type Trio } from '../testing/trio.ts'
import { createMemoryStore } from '../vault/memory-store.ts'

const digest = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const MESSAGE = concat(Uint8Array.of(1), digest(5))

function keyOf(who: Person): { readonly groupKey: Uint8Array; readonly chainCode: Uint8Array } {
  return the(who.view().wallets[0]?.keys.find(({ suite }) => suite === 1))
}

function verifies(signature: Uint8Array | undefined, message: Uint8Array, publicKey: Uint8Array): void {
  const [rs, recovery] = [the(signature).subarray(0, 64), the(the(signature)[64])]
  expect(secp256k1.verify(rs, message, publicKey, { prehash: false })).toBe(true)
  expect(secp256k1.Signature.fromBytes(rs).addRecoveryBit(recovery).recoverPublicKey(message).toBytes()).toEqual(publicKey)
}

function pairing(who: Person, other: Person): NonNullable<PartyInWallet['pairing']> {
  const partyId = the(other.view().me).partyId
  return the(the(who.view().wallets[0]).parties.find((party) => party.partyId === partyId)?.pairing)
}

function recordsOf(who: Person, kind: string): readonly string[] {
  return [...who.store.contents.keys()].filter((key) => key.includes(`/${kind}/`)).toSorted()
}

async function approve(who: Person, session: Awaited<ReturnType<typeof ask>>): Promise<void> {
  await reaches(who, session, 'approving')
  await who.party.verbs.approve({ session })
}

/** A trio with a wallet, as it was after its making: each test has copies of the stores. */
let stores: readonly (readonly [string, Uint8Array])[][] = []
let wallet = ''

beforeAll(async () => {
  const { all } = await makeTrio()
  wallet = await makeWallet(all)
  stores = all.map(({ store }) => [...store.contents])
  await Promise.all(all.map((who) => who.party.close()))
})

async function trio(): Promise<Trio> {
  const fresh = stores.map((contents) => {
    const store = createMemoryStore()
    for (const [key, value] of contents) store.contents.set(key, value.slice())
    return store
  })
  return makeTrio({ stores: fresh })
}

describe('ECDSA', () => {
  test('is signed by each two of three, at the group key and below it', async () => {
    const { anna, ben, cleo } = await trio()
    for (const pair of [[anna, ben], [ben, cleo], [cleo, anna]]) {
      const [signature] = await signTogether(pair, wallet, MESSAGE)
      verifies(signature, digest(5), keyOf(anna).groupKey)
    }
    const [child] = await signTogether([anna, cleo], wallet, concat(Uint8Array.of(0x11), digest(6)))
    const { groupKey, chainCode } = keyOf(anna)
    verifies(child, digest(6), deriveChild(groupKey, chainCode, [0, 7]).publicKey)
    expect(the(anna.view().sessions[0]).steps.map(({ name, state }) => [name, state])).toEqual(
      ['hello', 'commit', 'exchange', 'shares'].map((name) => [name, 'done']),
    )
    expect(pairing(anna, ben)).toEqual({ state: 'ready', bans: 0 })
  })

  test('signs twenty messages under one approval, never more than eight at once', async () => {
    const { anna, ben, line, cleo } = await trio()
    let most = 0
    const running = new Set<string>()
    line.silentAfter = ({ type, body }) => {
      if (type === 0x21) running.add(body.subarray(0, 32).join())
      if (type === 0x23) running.delete(body.subarray(0, 32).join())
      most = Math.max(most, running.size)
      return false
    }
    const digests = Array.from({ length: 20 }, (_, i) => digest(i))
    const signatures = await signTogether([anna, cleo], wallet, concat(Uint8Array.of(0x12, 20), ...digests))
    expect(signatures).toHaveLength(20)
    for (const [i, signature] of signatures.entries()) verifies(signature, digest(i), keyOf(anna).groupKey)
    expect(most).toBe(8)
    expect(pairing(cleo, ben).state).toBe('ready')
  })
})

describe('a failed safety check', () => {
  test.each([
    { round: 'R1', type: 0x21, code: 'E_OT_CHECK' },
    { round: 'R2', type: 0x22, code: 'E_RVOLE_CHECK' },
  ])('in $round names the cheat and ends its pair for good, and no other', async ({ type, code }) => {
    const { anna, ben, cleo, line, clock, restarted } = await trio()
    line.lie = (said) => (said.type === type ? flipped(said.body, said.body.length - 1) : undefined)
    const session = await ask([anna, cleo], wallet, MESSAGE)
    await approve(cleo, session)
    const [error] = await failuresOf(clock, [anna], session)
    expect(error).toMatchObject({ code, culprits: [{ name: 'Cleo' }], safe: 'No signature was made.' })
    expect(the(error).sentence).toContain('Cleo failed a safety check')
    expect(line.said.filter((said) => said === 0x23)).toEqual(type === 0x21 ? [] : line.said.filter((said) => said === 0x23))
    expect(pairing(anna, cleo)).toEqual({ state: 'banned', bans: 1 })
    expect(pairing(anna, ben)).toEqual({ state: 'ready', bans: 0 })
    expect(recordsOf(anna, 'pair')).toHaveLength(1)

    // It survives a restart, is found before anybody is asked, and hurts nobody else.
    await anna.party.close()
    const again = await restarted(anna, 'Anna')
    expect(pairing(again, cleo)).toEqual({ state: 'banned', bans: 1 })
    await expect(ask([again, cleo], wallet, MESSAGE)).rejects.toMatchObject({ code: 'E_BANNED', message: expect.stringContaining('Cleo') as unknown })
    expect(again.view().sessions).toEqual([])
    line.lie = () => undefined
    const other = await ask([cleo, again], wallet, MESSAGE)
    expect(await failureOf(cleo, other)).toMatchObject({ code: 'E_DECLINED', sentence: expect.stringContaining('blocked') as unknown })
    expect(await signTogether([again, ben], wallet, MESSAGE)).toHaveLength(1)
    expect(await signTogether([cleo, ben], wallet, MESSAGE)).toHaveLength(1)
    // Other keys of the wallet have no pairs.
    expect(await signTogether([again, cleo], wallet, concat(Uint8Array.of(2), digest(1)))).toHaveLength(1)
  })
})

export { sessionIn }
