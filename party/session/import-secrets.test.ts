/** What is imported is looked for everywhere that somebody else can see, and where it could stay: it is in no log, message, view, error or record. */
import { readFileSync } from 'node:fs'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, MpcError } from '@trivet/protocol/core'
import { readTssLibShare } from '@trivet/protocol/import'
import { expect, test, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { readSecret } from '../import/index.ts'
import { seenIn, textOf, type Canary } from '../testing/canaries.fixture.ts'
import { turnUntil } from '../testing/fake-clock.ts'
import { compare, linksOf, meetAndApprove, PAGE, randomBytes, reaches, sessionIn, signTogether, the, VAULT_KEY, type Person } from '../testing/people.ts'
import { makeTrio } from '../testing/trio.ts'
import type { MemoryNetworkOptions } from '../transport/memory.ts'
import { createVault } from '../vault/index.ts'

// Every device computes its part on one machine here.
vi.setConfig({ testTimeout: 60_000 })

const PHRASE = 'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong'
const EXTRA = 'a twenty-fifth word of its own'

/** What the introduction server sees is kept for the test. */
function copying(relayed: Uint8Array[]): MemoryNetworkOptions {
  return {
    relay: ({ payload }) => {
      relayed.push(payload)
      return payload
    },
  }
}

/** Everything that a device has written, unsealed. */
async function recordsOf(who: Person): Promise<Uint8Array> {
  const vault = createVault({ store: who.store, subtle: crypto.subtle, rng: randomBytes, clock: systemClock })
  const open = await vault.unlock(the(who.view().me).partyId, { kind: 'raw', key: VAULT_KEY })
  const kinds = new Set([...who.store.contents.keys()].flatMap((key) => key.split('/')))
  const values: Uint8Array[] = []
  for (const kind of kinds) {
    const records = await open.readAll(kind).catch(() => [])
    values.push(...records.map(({ value }) => value))
  }
  return concat(...values)
}

/** @returns what the server relayed, the logs, views and disks of these devices, and their records unsealed */
async function everythingOf(people: readonly Person[], relayed: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const records = await Promise.all(people.map(recordsOf))
  for (const [i, record] of records.entries()) expect(seenIn(record, [{ name: 'wallet', bytes: utf8ToBytes(the(people[i]?.view().wallets[0]).name) }])).toEqual(['wallet'])
  return [
    concat(...relayed), utf8ToBytes(people.flatMap(({ log }) => log).join('\n')), textOf(people.map((who) => who.view())),
    concat(...people.flatMap(({ store }) => [...store.contents.values()])), ...records,
  ]
}

test('a phrase, its passphrase and the key that they make are nowhere afterwards', async () => {
  const relayed: Uint8Array[] = []
  const { all, anna, clock } = await makeTrio({ network: copying(relayed) })
  const choices = { account: { kind: 'ethereum', number: 0 }, passphrase: EXTRA } as const
  const { scalar } = readSecret(PHRASE, choices)
  const canaries: readonly Canary[] = [{ name: 'scalar', bytes: scalar }, { name: 'phrase', bytes: utf8ToBytes(PHRASE) }, { name: 'passphrase', bytes: utf8ToBytes(EXTRA) }]
  const source = { kind: 'secret', text: PHRASE, choices } as const
  const seen = await anna.party.verbs.readImport({ source })
  const session = await meetAndApprove(all, { threshold: 2, imported: source })
  await Promise.all(all.map((who) => reaches(who, session, 'done')))
  await turnUntil(clock, () => all.every((who) => who.view().wallets[0]?.epoch === 2))
  await signTogether([all[1], all[2]], the(anna.view().wallets[0]).id, concat(Uint8Array.of(1), new Uint8Array(32).fill(3)))
  for (const place of [textOf(seen), ...await everythingOf(all, relayed)]) expect(seenIn(place, canaries)).toEqual([])
  // The search finds what is there.
  expect(seenIn(utf8ToBytes(`x${bytesToHex(scalar)}y ${PHRASE} ${EXTRA}`), canaries)).toHaveLength(3)
})

test('no part of a file but what is public is anywhere afterwards', async () => {
  const relayed: Uint8Array[] = []
  const { all, anna } = await makeTrio({ network: copying(relayed) })
  const files = [0, 1, 2].map((holder) => Uint8Array.from(readFileSync(new URL(`../../protocol/import/vectors/tss-lib/ecdsa/keygen_data_${holder}.json`, import.meta.url))))
  const canaries = files.flatMap((file, i): Canary[] => {
    const text = new TextDecoder().decode(file)
    const { Xi } = /"Xi":\s*(?<Xi>\d+)/.exec(text)?.groups ?? {}
    const { N } = /"N":\s*(?<N>\d{40})/.exec(text)?.groups ?? {}
    return [{ name: `share ${i}`, bytes: readTssLibShare(file).share }, { name: `digits of share ${i}`, bytes: utf8ToBytes(the(Xi)) }, { name: `modulus ${i}`, bytes: utf8ToBytes(the(N)) }]
  })
  const { session } = await anna.party.verbs.createWallet({
    name: 'Old', threshold: 2, places: [{ kind: 'link' }, { kind: 'link' }], pageUrl: PAGE, imported: { kind: 'share', file: the(files[0]) },
  })
  const links = await linksOf(anna, session)
  for (const i of [1, 2] as const) {
    await all[i].party.verbs.joinWallet({ link: the(links[i - 1]) })
    await all[i].until((view) => sessionIn(view, session)?.imported)
    await all[i].party.verbs.giveShare({ session, file: the(files[i]) })
  }
  await anna.until((view) => { const state = sessionIn(view, session)?.state; return state?.at === 'inviting' && state.ready ? true : undefined })
  await anna.party.verbs.startKeygen({ session })
  await compare(all, session)
  for (const who of [all[1], all[2]]) {
    await reaches(who, session, 'approving')
    await who.party.verbs.approve({ session })
  }
  await Promise.all(all.map((who) => reaches(who, session, 'done')))
  for (const place of await everythingOf(all, relayed)) expect(seenIn(place, canaries)).toEqual([])
})

test('what is refused is not repeated', async () => {
  const { anna } = await makeTrio()
  const typed = 'zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo kanarienvogel wrong'
  const asked = [
    anna.party.verbs.readImport({ source: { kind: 'secret', text: typed, choices: { account: { kind: 'ethereum', number: 0 } } } }),
    anna.party.verbs.createWallet({
      name: 'Old', threshold: 2, places: [{ kind: 'link' }], pageUrl: PAGE, imported: { kind: 'secret', text: 'ab'.repeat(40), choices: { hex: 'secp256k1' } },
    }),
  ]
  const canaries = [{ name: 'word', bytes: utf8ToBytes('kanarienvogel') }, { name: 'digits', bytes: utf8ToBytes('ab'.repeat(16)) }]
  for (const one of asked) {
    const error = await one.then(() => undefined, (thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(MpcError)
    expect(seenIn(textOf(error), canaries)).toEqual([])
  }
  expect(seenIn(utf8ToBytes(anna.log.join('\n')), canaries)).toEqual([])
})
