/** A wallet of tss-lib comes over: one file on each of enough devices, the others without; its public key stays. */
import { readFileSync } from 'node:fs'
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { concat } from '@trivet/protocol/core'
import { readTssLibShare } from '@trivet/protocol/import'
import type { SessionId } from '@trivet/signalling/wire'
import { describe, expect, test, vi } from 'vitest'
import { settle } from '../testing/fake-clock.ts'
import { compare, linksOf, PAGE, person, reaches, sessionIn, signTogether, the, type Person } from '../testing/people.ts'
import { makeTrio } from '../testing/trio.ts'

// Every device computes its part on one machine here.
vi.setConfig({ testTimeout: 60_000 })

type Kind = 'ecdsa' | 'eddsa'

/** A copy, as somebody chooses it. */
const fileOf = (kind: Kind, holder: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(readFileSync(new URL(`../../protocol/import/vectors/tss-lib/${kind}/keygen_data_${holder}.json`, import.meta.url)))
const publicKeyOf = (kind: Kind): Uint8Array => readTssLibShare(fileOf(kind, 0)).sharing.groupKey
const MESSAGE = new Uint8Array(32).fill(9)

/** The first opens the file of holder 0 and invites the others. */
async function lobbyOf(people: readonly Person[], kind: Kind): Promise<SessionId> {
  const [first, ...others] = people
  const { session } = await the(first).party.verbs.createWallet({
    name: 'Old', threshold: 2, places: others.map(() => ({ kind: 'link' as const })), pageUrl: PAGE, imported: { kind: 'share', file: fileOf(kind, 0) },
  })
  const links = await linksOf(the(first), session)
  for (const [i, other] of others.entries()) {
    await other.party.verbs.joinWallet({ link: the(links[i]) })
    await other.until((view) => sessionIn(view, session)?.imported)
  }
  return session
}

const isReady = (who: Person, session: SessionId): boolean => {
  const state = sessionIn(who.view(), session)?.state
  return state?.at === 'inviting' && state.ready
}

async function finish(people: readonly Person[], session: SessionId): Promise<string> {
  const [first, ...others] = people
  await the(first).until(() => isReady(the(first), session) || undefined)
  await the(first).party.verbs.startKeygen({ session })
  await compare(people, session)
  for (const other of others) {
    await reaches(other, session, 'approving')
    await other.party.verbs.approve({ session })
  }
  const [done] = await Promise.all(people.map((who) => reaches(who, session, 'done')))
  return done?.state.at === 'done' ? the(done.state.wallet) : ''
}

describe.each([{ kind: 'ecdsa', suite: 1 }, { kind: 'eddsa', suite: 2 }] as const)('three of five files of $kind', ({ kind, suite }) => {
  test('become a 2-of-3 wallet of the same public key, in which every two devices sign', async () => {
    const { all, anna, ben, cleo } = await makeTrio()
    const session = await lobbyOf(all, kind)
    expect(isReady(anna, session)).toBe(false)
    await ben.party.verbs.giveShare({ session, file: fileOf(kind, 4) })
    expect(sessionIn(ben.view(), session)).toMatchObject({ kind: 'import', imported: { from: 'shares', files: { needed: 3, mine: true } } })
    expect(sessionIn(cleo.view(), session)).toMatchObject({ imported: { files: { mine: false } } })
    await cleo.party.verbs.giveShare({ session, file: fileOf(kind, 2) })
    const wallet = await finish(all, session)
    for (const who of all) {
      expect(who.view().wallets).toMatchObject([{ origin: 'imported', firstPath: [], keys: [{ suite, groupKey: publicKeyOf(kind) }] }])
      // No device dealt alone, so that none could know the shares of another.
      expect(who.view().wallets[0]?.awaitsRefresh).toBeUndefined()
    }
    for (const pair of [[anna, ben], [ben, cleo], [cleo, anna]]) {
      const [signature] = await signTogether(pair, wallet, concat(Uint8Array.of(suite), MESSAGE))
      if (suite === 1) expect(secp256k1.verify(the(signature).subarray(0, 64), MESSAGE, publicKeyOf(kind), { prehash: false })).toBe(true)
      else expect(ed25519.verify(the(signature), MESSAGE, publicKeyOf(kind))).toBe(true)
    }
  })
})

describe('a device', () => {
  test('without a file takes part like the others', async () => {
    const { all, network, clock } = await makeTrio()
    const dora = await person({ transport: network.transport('Dora 4'), name: 'Dora', clock })
    const people = [...all, dora]
    const session = await lobbyOf(people, 'eddsa')
    await all[1].party.verbs.giveShare({ session, file: fileOf('eddsa', 1) })
    await all[2].party.verbs.giveShare({ session, file: fileOf('eddsa', 3) })
    const places = await all[0].until((view) => {
      const found = sessionIn(view, session)?.places
      return found?.filter(({ gaveFile }) => gaveFile === true).length === 3 ? found : undefined
    })
    expect(places.map(({ name, gaveFile }) => [name, gaveFile === true])).toEqual([['Anna', true], ['Ben', true], ['Cleo', true], ['Dora', false]])
    const wallet = await finish(people, session)
    const [signature] = await signTogether([dora, all[1]], wallet, concat(Uint8Array.of(2), MESSAGE))
    expect(ed25519.verify(the(signature), MESSAGE, publicKeyOf('eddsa'))).toBe(true)
  })

  test('that opens the file of another wallet, or a damaged one, is told which field is wrong; nothing of it is sent, and it can open another', async () => {
    const { all, anna, ben } = await makeTrio()
    const session = await lobbyOf(all, 'ecdsa')
    const damaged = new TextDecoder().decode(fileOf('ecdsa', 1)).replace(/(?<="Xi":\s*\d{9})\d/, (digit) => String((Number(digit) + 1) % 10))
    const tried: readonly (readonly [Uint8Array, string])[] = [
      [fileOf('eddsa', 1), 'file'], [new TextEncoder().encode(damaged), 'Xi'], [fileOf('ecdsa', 1).subarray(0, 5000), 'file'], [new Uint8Array(), 'file'],
    ]
    for (const [file, field] of tried) {
      await expect(ben.party.verbs.giveShare({ session, file })).rejects.toMatchObject({ code: 'E_INPUT', field })
      await settle()
      expect(sessionIn(ben.view(), session)?.imported?.files?.mine).toBe(false)
      const places = sessionIn(anna.view(), session)?.places.map(({ gaveFile, reason }) => [gaveFile === true, reason])
      expect(places).toEqual([[true, undefined], [false, undefined], [false, undefined]])
    }
    await ben.party.verbs.giveShare({ session, file: fileOf('ecdsa', 1) })
    await anna.until((view) => sessionIn(view, session)?.places[1]?.gaveFile)
  })

  test('that opens the file that another has opened is told apart in its place, until it opens its own', async () => {
    const { all, anna, ben, cleo } = await makeTrio()
    const session = await lobbyOf(all, 'eddsa')
    await ben.party.verbs.giveShare({ session, file: fileOf('eddsa', 1) })
    await anna.until((view) => sessionIn(view, session)?.places[1]?.gaveFile)
    await cleo.party.verbs.giveShare({ session, file: fileOf('eddsa', 1) })
    expect(await anna.until((view) => sessionIn(view, session)?.places[2]?.reason)).toContain('same holder')
    expect(isReady(anna, session)).toBe(false)
    await expect(anna.party.verbs.startKeygen({ session })).rejects.toMatchObject({ field: 'session' })
    await cleo.party.verbs.giveShare({ session, file: fileOf('eddsa', 2) })
    await finish(all, session)
  })
})

test('fewer devices than files are refused before a lobby is made', async () => {
  const { anna } = await makeTrio()
  const asked = anna.party.verbs.createWallet({
    name: 'Old', threshold: 2, places: [{ kind: 'link' }], pageUrl: PAGE, imported: { kind: 'share', file: fileOf('ecdsa', 0) },
  })
  await expect(asked).rejects.toMatchObject({ code: 'E_INPUT', field: 'places', message: expect.stringContaining('3') as unknown })
  expect(anna.view().sessions).toEqual([])
})

test('a file shows its threshold and where it is paid before anything happens', async () => {
  const { anna } = await makeTrio()
  const file = fileOf('ecdsa', 3)
  expect(await anna.party.verbs.readImport({ source: { kind: 'share', file } })).toEqual({
    keys: [{ suite: 1, groupKey: publicKeyOf('ecdsa') }], firstPath: [], warnings: [], holders: { needed: 3, total: 5 },
  })
})
