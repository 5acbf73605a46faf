/** What must never be seen is looked for everywhere that somebody else can see: logs, views, stored bytes, and all that the server relays. */
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { expect, test, vi } from 'vitest'
import { concat, type Rng } from '@trivet/protocol/core'
import { decodePairState } from '@trivet/protocol/dkls23'
import { systemClock } from './clock.ts'
import { readLink } from './pairing/link.ts'
import { seenIn, type Canary } from './testing/canaries.fixture.ts'
import { compare, linksOf, person, randomBytes, reaches, signTogether, the, type Person } from './testing/people.ts'
import { createMemoryNetwork } from './transport/memory.ts'
import { createVault } from './vault/index.ts'
import { decodeWalletRecord } from './wallets/record.ts'

// Argon2id takes its time on purpose.
vi.setConfig({ testTimeout: 60_000 })

const PASSPHRASE = 'only the owner knows this passphrase'
const TEXT = 'a canary sings in the message that is signed'

async function secretsOf(who: Person, passphrase: string): Promise<readonly Canary[]> {
  const vault = createVault({ store: who.store, subtle: crypto.subtle, rng: randomBytes, clock: systemClock })
  const open = await vault.unlock(the(who.view().me).partyId, { kind: 'passphrase', passphrase })
  const seed = the(await open.read('identity')).subarray(0, 32)
  const records = await open.readAll('wallet')
  const shares = records.flatMap(({ value }) => decodeWalletRecord(value).epoch.keys.map((key) => ({ name: `share of suite ${key.suite}`, bytes: key.signingShare })))
  const pairs = (await open.readAll('pair')).flatMap(({ value }) => {
    const { asAlice, asBob, zeroSeed } = decodePairState(value)
    return [['delta', asAlice.delta], ['leaf', asBob.leaves.subarray(0, 32)], ['zero seed', zeroSeed]] as const
  })
  return [{ name: 'identity seed', bytes: seed }, ...shares, ...pairs.map(([name, bytes]) => ({ name, bytes }))]
}

test('no share, nonce, seed, passphrase, pairing secret or message is seen by the server, a log, a view or a disk', async () => {
  const relayed: Uint8Array[] = []
  const network = createMemoryNetwork({ relay: ({ payload }) => { relayed.push(payload); return payload } })
  let drawn: Uint8Array[] = []
  const rng: Rng = (size) => {
    const bytes = randomBytes(size)
    drawn.push(bytes.slice())
    return bytes
  }
  const people = [await person({ transport: network.transport('Anna'), rng }), await person({ transport: network.transport('Ben'), rng })]
  const [anna, ben] = [the(people[0]), the(people[1])]
  const device = (name: string) => ({ name, passphrase: PASSPHRASE })
  const { session } = await anna.party.verbs.createWallet({ name: 'Savings', threshold: 2, places: [{ kind: 'link' }], device: device('Anna'), pageUrl: 'https://wallet.example/' })
  const link = the((await linksOf(anna, session))[0])
  const read = readLink(link)
  if (read.kind !== 'join') throw new Error('no link')
  const pairing: Canary = { name: 'pairing secret', bytes: read.join.secret }
  await ben.party.verbs.joinWallet({ link, device: device('Ben') })
  await anna.until((view) => (view.sessions[0]?.state.at === 'inviting' && view.sessions[0].state.ready ? true : undefined))
  await anna.party.verbs.startKeygen({ session })
  await compare(people, session)
  await reaches(ben, session, 'approving')
  await ben.party.verbs.approve({ session })
  await Promise.all(people.map((who) => reaches(who, session, 'done')))

  // Everything that is drawn from here on is for signing: nonces, and what is public to the signers alone.
  const relayedBefore = relayed.length
  drawn = []
  const { id } = the(anna.view().wallets[0])
  await signTogether(people, id, concat(Uint8Array.of(2), utf8ToBytes(TEXT)))
  await signTogether(people, id, concat(Uint8Array.of(1), new Uint8Array(32).fill(7)))
  const whileSigning = concat(...relayed.slice(relayedBefore))
  const nonces = drawn.filter(({ length }) => length === 32).map((bytes, i) => ({ name: `draw ${i} while signing`, bytes }))
  expect(nonces.length).toBeGreaterThan(5)

  const secrets = [...await secretsOf(anna, PASSPHRASE), ...await secretsOf(ben, PASSPHRASE), { name: 'passphrase', bytes: utf8ToBytes(PASSPHRASE) }]
  expect(secrets).toHaveLength(15)
  const text = { name: 'message', bytes: utf8ToBytes(TEXT) }
  const logs = utf8ToBytes(people.flatMap(({ log }) => log).join('\n'))
  const views = utf8ToBytes(JSON.stringify(people.map((who) => who.view()), (_, value: unknown) => (value instanceof Uint8Array ? bytesToHex(value) : value)))
  const disks = concat(...people.flatMap(({ store }) => [...store.contents.values()]))

  expect(seenIn(concat(...relayed), [...secrets, pairing, text])).toEqual([])
  expect(seenIn(whileSigning, nonces)).toEqual([])
  expect(seenIn(logs, [...secrets, ...nonces, pairing, text])).toEqual([])
  expect(seenIn(disks, [...secrets, ...nonces.slice(0, 5), pairing, text])).toEqual([])
  expect(seenIn(views, [...secrets, ...nonces, pairing])).toEqual([])
  // The search finds what is there: each signer's view holds the intent.
  expect(seenIn(views, [text])).toEqual(['message'])
  await Promise.all(people.map((who) => who.party.close()))
})
