/** Devices that lose their power, and come back with nothing but their store. */
import { expect, test, vi } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { CERT, VOTE } from '@trivet/protocol/epoch'
import { BentLine } from '../testing/bent-line.ts'
import { turnUntil } from '../testing/fake-clock.ts'
import { makeWallet, meetAndApprove, person, reaches, signTogether, the, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio, type Trio } from '../testing/trio.ts'
import { createMemoryNetwork } from '../transport/memory.ts'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'

const MESSAGE = concat(Uint8Array.of(2), new TextEncoder().encode('a message'))
const ECDSA_DIGEST = concat(Uint8Array.of(1), new Uint8Array(32).fill(4))

function stateOf(who: Person): string {
  return who.view().wallets.map(({ state, keys }) => `${state} ${keys.length}`).join()
}

async function finished(...people: readonly Person[]): Promise<void> {
  for (const who of people) await who.until((view) => (view.wallets[0]?.state === 'ready' ? true : undefined))
  const keys = people.map((who) => the(who.view().wallets[0]).keys)
  for (const each of keys) expect(each).toEqual(keys[0])
}

async function crashed(trio: Trio, type: number): Promise<void> {
  const { all, anna, ben, line, clock } = trio
  line.silentBefore = (said) => said.type === type
  const session = await meetAndApprove(all, { threshold: 2 })
  await failuresOf(clock, [anna, ben], session)
}

test('a crash before the shares are stored leaves nothing anywhere', async () => {
  const trio = await makeTrio()
  await crashed(trio, 0x16)
  const cleo = await trio.restarted(trio.cleo, 'Cleo')
  for (const who of [trio.anna, trio.ben, cleo]) expect(who.view().wallets).toEqual([])
})

test('a crash between storing and voting leaves wallets that show no address, until everybody is back', async () => {
  const trio = await makeTrio()
  await crashed(trio, 0x71)
  for (const who of [trio.anna, trio.ben]) expect(stateOf(who)).toBe('unfinished 0')
  const [error] = trio.anna.view().sessions.flatMap(({ state }) => (state.at === 'failed' ? [state.error] : []))
  expect(error?.safe).toContain('Your share is stored')
  const [wallet] = trio.anna.view().wallets
  await expect(trio.anna.party.verbs.requestSignature({ wallet: the(wallet).id, intent: MESSAGE, signers: [1, 2] })).rejects.toMatchObject({ fault: 'caller' })
  // Survives a restart of another one, too.
  await trio.ben.party.close()
  const ben = await trio.restarted(trio.ben, 'Ben')
  expect(stateOf(ben)).toBe('unfinished 0')
  const cleo = await trio.restarted(trio.cleo, 'Cleo')
  await finished(trio.anna, ben, cleo)
  // Who compared words with whom is remembered, too.
  const names = (who: Person): readonly string[] => who.view().known.map(({ name, how }) => `${name} by ${how}`)
  expect([trio.anna, ben, cleo].map(names)).toEqual([['Ben by words', 'Cleo by words'], ['Anna by words', 'Cleo by words'], ['Anna by words', 'Ben by words']])
  // Its pairs were stored with its shares.
  for (const message of [MESSAGE, ECDSA_DIGEST]) expect(await signTogether([cleo, ben], the(wallet).id, message)).toHaveLength(1)
})

test('who missed the certificate gets it from one that holds it', async () => {
  const trio = await makeTrio()
  const { all, anna, ben, line } = trio
  // Her vote goes to everybody; theirs no longer reach her.
  let votes = 0
  line.silentAfter = (said) => said.type === 0x71 && ++votes === 2
  const session = await meetAndApprove(all, { threshold: 2 })
  await Promise.all([anna, ben].map((who) => reaches(who, session, 'done')))
  await anna.party.close()
  const cleo = await trio.restarted(trio.cleo, 'Cleo')
  await finished(ben, cleo)
  for (const message of [MESSAGE, ECDSA_DIGEST]) expect(await signTogether([ben, cleo], the(ben.view().wallets[0]).id, message)).toHaveLength(1)
})

test('of two wallets of the same people, the unfinished one is finished', async () => {
  const trio = await makeTrio()
  await makeWallet(trio.all)
  await crashed(trio, 0x71)
  const cleo = await trio.restarted(trio.cleo, 'Cleo')
  for (const who of [trio.anna, trio.ben, cleo]) {
    await who.until((view) => (view.wallets.length === 2 && view.wallets.every(({ state }) => state === 'ready') ? true : undefined))
  }
})

test('a finishing that came to nothing is tried again while everybody is there', async () => {
  const trio = await makeTrio()
  await crashed(trio, VOTE)
  const line = new BentLine()
  // She hears the others' votes, and they hear neither hers nor of the certificate.
  line.breaks = ({ type }) => type === VOTE || type === CERT
  const cleo = await trio.restarted(trio.cleo, 'Cleo', { line })
  await finished(cleo)
  const hasFailed = (who: Person): boolean => who.view().sessions.some(({ kind, state }) => kind === 'finish' && state.at === 'failed')
  await turnUntil(trio.clock, () => [trio.anna, trio.ben].every(hasFailed))
  expect([trio.anna, trio.ben].map(stateOf)).toEqual(['unfinished 0', 'unfinished 0'])
  line.breaks = () => false
  // Who has tried more often waits longer before the next time.
  await trio.clock.advance(120_000)
  const isReady = (who: Person): boolean => who.view().wallets[0]?.state === 'ready'
  await turnUntil(trio.clock, () => [trio.anna, trio.ben].every(isReady))
  await finished(trio.anna, trio.ben, cleo)
})

test('finishing by hand ends with the names of those who are not there', async () => {
  const trio = await makeTrio()
  await crashed(trio, 0x71)
  const [wallet] = trio.anna.view().wallets
  await trio.anna.party.verbs.finishWallet({ wallet: the(wallet).id })
  const session = await trio.anna.until((view) => view.sessions.find(({ kind, state }) => kind === 'finish' && state.at === 'running'))
  const [error] = await failuresOf(trio.clock, [trio.anna], session.id)
  expect(error?.culprits.map(({ name }) => name)).toContain('Cleo')
  expect(stateOf(trio.anna)).toBe('unfinished 0')
})

test('a power cut at any write of a key generation leaves a wallet with all its pairs, or nothing', async () => {
  const trio = await makeTrio()
  const images: MemoryStore[] = []
  const write = trio.cleo.store.write.bind(trio.cleo.store)
  vi.spyOn(trio.cleo.store, 'write').mockImplementation(async (changes) => {
    await write(changes)
    const image = createMemoryStore()
    for (const [key, value] of trio.cleo.store.contents) image.contents.set(key, value)
    images.push(image)
  })
  await makeWallet(trio.all)
  await trio.cleo.party.close()
  const found: string[] = []
  for (const store of images) {
    const cleo = await trio.restarted(trio.cleo, 'Cleo', { store })
    const [wallet] = cleo.view().wallets
    found.push(`${wallet?.state} ${wallet?.parties.map(({ pairing }) => pairing?.state ?? 'me').toSorted().join()}`)
    await finished(cleo)
    await cleo.party.close()
  }
  // Shares, then whom it was made with, then the certificate.
  expect(found).toEqual(['unfinished me,ready,ready', 'unfinished me,ready,ready', 'ready me,ready,ready'])
})

test('a store that cannot keep the shares ends it, without a vote and without a wallet', async () => {
  const trio = await makeTrio()
  const { all, anna, ben, cleo, clock } = trio
  const session = await meetAndApprove(all, { threshold: 2 })
  breakWrites(cleo)
  await failuresOf(clock, all, session)
  expect(cleo.view().wallets).toEqual([])
  const again = await trio.restarted(cleo, 'Cleo')
  expect(again.view().wallets).toEqual([])
  for (const who of [anna, ben]) expect(stateOf(who)).not.toContain('ready')
})

test('after a restart the right passphrase opens the vault and signs, a wrong one does not', async () => {
  const network = createMemoryNetwork()
  const people = await Promise.all(['Anna', 'Ben'].map((name) => person({ transport: network.transport(name) })))
  const session = await meetAndApprove(people, { threshold: 2 })
  await Promise.all(people.map((who) => reaches(who, session, 'done')))
  const [anna, ben] = [the(people[0]), the(people[1])]
  await ben.party.close()
  const again = await person({ transport: network.transport('Ben again'), store: ben.store })
  const [vault] = again.view().vaults
  expect(vault).toMatchObject({ deviceName: 'device 2', unlocked: false, wallets: [{ name: 'Savings', threshold: 2, total: 2 }] })
  expect(again.view().wallets).toEqual([])
  await expect(again.party.verbs.unlock({ partyId: the(vault).partyId, passphrase: 'not the passphrase' })).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
  expect(again.view().me).toBeUndefined()
  await again.party.verbs.unlock({ partyId: the(vault).partyId, passphrase: 'a passphrase of device 2' })
  expect(await signTogether([again, anna], the(again.view().wallets[0]).id, MESSAGE)).toHaveLength(1)
  await Promise.all([anna, again].map((who) => who.party.close()))
})

function breakWrites(who: Person): void {
  who.store.breakNextWrite('refused')
}
