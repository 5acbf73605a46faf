import { describe, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity } from '../identity/identity.ts'
import { randomBytes, the, VAULT_KEY } from '../testing/people.ts'
import { createVault } from '../vault/index.ts'
import { createMemoryStore } from '../vault/memory-store.ts'
import { isSameName, KnownParties } from './known-parties.ts'

async function cardOf(name: string, seed = randomBytes(32), build = 0) {
  return (await openIdentity(seed, { name, role: 'mobile-app', build: new Uint8Array(32).fill(build) }, await chooseEd25519(crypto.subtle))).card
}

async function fresh() {
  const ed25519 = await chooseEd25519(crypto.subtle)
  const me = await cardOf('Me')
  const vault = createVault({ store: createMemoryStore(), subtle: crypto.subtle, rng: randomBytes, clock: systemClock })
  const open = await vault.create(me.partyId, { cover: new Uint8Array(0) }, { kind: 'raw', key: VAULT_KEY })
  return { open, ed25519, known: await KnownParties.open(open, ed25519), again: () => KnownParties.open(open, ed25519) }
}

describe('known parties', () => {
  test('are there again after the vault was opened anew, as they were', async () => {
    const { known, again } = await fresh()
    const [ben, acme] = [await cardOf('Ben'), await cardOf('Acme')]
    await known.remember([ben, acme], ({ name }) => (name === 'Acme' ? 'invitation' : 'words'), 5_000)
    for (const parties of [known, await again()]) {
      expect(parties.list().map(({ card: { name }, since, how }) => [name, since, how])).toEqual([['Acme', 5_000, 'invitation'], ['Ben', 5_000, 'words']])
      expect(parties.knows(ben)).toBe(true)
      expect(parties.find(ben.partyId)?.card).toEqual(ben)
    }
  })

  test('that come with another name or build are the same, and go by the new name from then on', async () => {
    const { known, again } = await fresh()
    const seed = randomBytes(32)
    await known.remember([await cardOf('Ben', seed)], () => 'invitation', 5_000)
    const later = await cardOf('Ben\'s laptop', seed, 7)
    expect(known.knows(later)).toBe(true)
    await known.remember([later], () => 'earlier', 9_000)
    expect((await again()).list()).toEqual([{ card: later, since: 5_000, how: 'invitation' }])
    await known.remember([later], () => 'words', 9_500)
    expect((await again()).list()).toMatchObject([{ since: 5_000, how: 'words' }])
  })

  test('with the same party id and another key beside it are strangers', async () => {
    const { known } = await fresh()
    const ben = await cardOf('Ben')
    await known.remember([ben], () => 'words', 1)
    expect(known.knows({ ...ben, channelKey: new Uint8Array(32) })).toBe(false)
    expect(known.knows({ ...ben, sealingKey: new Uint8Array(32) })).toBe(false)
  })

  test('are strangers again once forgotten, and only who is known can be', async () => {
    const { known, again } = await fresh()
    const ben = await cardOf('Ben')
    await known.remember([ben], () => 'words', 1)
    await known.forget(ben.partyId)
    expect(known.knows(ben)).toBe(false)
    expect((await again()).list()).toEqual([])
    await expect(known.forget(ben.partyId)).rejects.toMatchObject({ fault: 'caller', field: 'partyId' })
  })

  test('do not let another one pass for them, however it writes the name', async () => {
    const { known } = await fresh()
    const ben = await cardOf('Ben\'s Laptop')
    await known.remember([ben], () => 'words', 1)
    known.mustNotPassFor(ben)
    known.mustNotPassFor(await cardOf('Bea\'s laptop'))
    for (const name of ['Ben\'s Laptop', 'ben\'s laptop', 'Ben\'s  Laptop', 'Ｂｅｎ\'s Laptop']) {
      const other = await cardOf(name)
      expect(() => { known.mustNotPassFor(other) }, name).toThrow(expect.objectContaining({ code: 'E_IDENTITY', fault: 'refusal' }) as Error)
    }
    await known.forget(ben.partyId)
    known.mustNotPassFor(await cardOf('Ben\'s Laptop'))
  })

  test('of one name, as older vaults may hold them, each go on by it, and no third one nor a known one of another name takes it', async () => {
    const { known } = await fresh()
    const [one, two, ben] = [await cardOf('Laptop'), await cardOf('Laptop'), randomBytes(32)]
    await known.remember([one, two, await cardOf('Ben', ben)], () => 'earlier', 1)
    known.mustNotPassFor(one)
    known.mustNotPassFor(two)
    for (const other of [await cardOf('Laptop'), await cardOf('laptop', ben)]) {
      expect(() => { known.mustNotPassFor(other) }).toThrow(expect.objectContaining({ code: 'E_IDENTITY' }) as Error)
    }
  })

  test('of a record that was altered or stands under another name are damage', async () => {
    const { known, open, again } = await fresh()
    const [ben, cleo] = [await cardOf('Ben'), await cardOf('Cleo')]
    await known.remember([ben], () => 'words', 1)
    const value = the(await open.read('known', ben.partyId))
    for (const bad of [value.with(0, 2), value.with(9, 4), value.slice(0, -1), value.slice(0, 5), value.with(-1, (value.at(-1) ?? 0) ^ 1)]) {
      await open.write([{ kind: 'known', id: ben.partyId, value: bad }])
      await expect(again()).rejects.toMatchObject({ code: 'E_DAMAGED' })
    }
    await open.write([{ kind: 'known', id: ben.partyId, value: undefined }, { kind: 'known', id: cleo.partyId, value }])
    await expect(again()).rejects.toMatchObject({ code: 'E_DAMAGED' })
  })
})

test('names that people would take for each other are the same', () => {
  expect(isSameName('Anna', 'anna')).toBe(true)
  expect(isSameName('Anna 1', 'Anna 2')).toBe(false)
})
