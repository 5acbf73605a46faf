/** What must never be seen of an export is looked for everywhere that somebody else can see. */
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat } from '@trivet/protocol/core'
import { expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { BentLine } from '../testing/bent-line.ts'
import { seenIn, textOf, type Canary } from '../testing/canaries.fixture.ts'
import { agree, announce, askTake } from '../testing/exports.ts'
import { makeWallet, person, randomBytes, the, VAULT_KEY, type Person } from '../testing/people.ts'
import { createMemoryNetwork } from '../transport/memory.ts'
import { createVault } from '../vault/index.ts'
import { decodeWalletRecord } from '../wallets/record.ts'

const SHARE = 0x51

async function sharesOf(who: Person): Promise<readonly Canary[]> {
  const vault = createVault({ store: who.store, subtle: crypto.subtle, rng: randomBytes, clock: systemClock })
  const open = await vault.unlock(the(who.view().me).partyId, { kind: 'raw', key: VAULT_KEY })
  const records = await open.readAll('wallet')
  return records.flatMap(({ value }) => decodeWalletRecord(value).epoch.keys.map(({ suite, signingShare }) => ({ name: `share of suite ${suite}`, bytes: signingShare })))
}

test('no share, part or key is seen by the server, a log, a view, an error or a disk; what one device tells another is masked', async () => {
  const relayed: Uint8Array[] = []
  const network = createMemoryNetwork({ relay: ({ payload }) => { relayed.push(payload); return payload } })
  const line = new BentLine()
  const told: Uint8Array[] = []
  line.watch = ({ header, body }) => { if (header.type === SHARE) told.push(body.slice(32)) }
  const anna = await person({ transport: network.transport('Anna'), name: 'Anna', exportDelayMs: 0 })
  const cleo = await person({ transport: network.transport('Cleo'), name: 'Cleo', exportDelayMs: 0, line })
  const people = [anna, cleo]
  const wallet = await makeWallet(people)
  const keys: Canary[] = []
  for (const suite of [1, 2, 3] as const) {
    await announce(people, suite)
    const session = await askTake(anna, suite)
    await agree(people, session)
    const waiting = textOf(people.map((who) => who.view()))
    const { secret } = await anna.party.verbs.collectExport({ session })
    keys.push({ name: `key of suite ${suite}`, bytes: secret })
    expect(seenIn(waiting, keys)).toEqual([])
  }
  const parts = told.map((bytes, i) => ({ name: `part ${i}`, bytes }))
  expect(parts).toHaveLength(3)
  const shares = [...await sharesOf(anna), ...await sharesOf(cleo)]
  expect(shares).toHaveLength(6)
  const secrets = [...keys, ...shares, ...parts]
  // A part is neither a share nor, with the other device's share alone, worth anything: it is masked.
  expect(seenIn(concat(...told), shares)).toEqual([])
  expect(seenIn(concat(...relayed), secrets)).toEqual([])
  expect(seenIn(utf8ToBytes(people.flatMap(({ log }) => log).join('\n')), secrets)).toEqual([])
  expect(seenIn(concat(...people.flatMap(({ store }) => [...store.contents.values()])), secrets)).toEqual([])
  expect(seenIn(textOf(people.map((who) => who.view())), secrets)).toEqual([])
  // The search finds what is there.
  expect(seenIn(concat(...told), parts)).toHaveLength(3)
  expect(the(anna.view().wallets[0]).id).toBe(wallet)
  await Promise.all(people.map((who) => who.party.close()))
})
