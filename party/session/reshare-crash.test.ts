/** A device that loses its power while devices change, and comes back with nothing but its store. */
import { beforeAll, expect, test } from 'vitest'
import { approveChange, change, owners, signAll, walletOf, type Owners } from '../testing/changes.ts'
import { reaches, type Person } from '../testing/people.ts'
import { failuresOf } from '../testing/trio.ts'

const R4 = 0x36
const VOTE = 0x71

let fresh: Awaited<ReturnType<typeof owners>>
beforeAll(async () => { fresh = await owners() }, 60_000)

/** Cleo falls silent; the two others give up. */
async function crashed({ anna, ben, cleo, clock, wallet }: Owners): Promise<void> {
  const { session } = await approveChange({ wallet, stay: [anna, ben, cleo], threshold: 3 })
  for (const { code, culprits } of await failuresOf(clock, [anna, ben], session)) {
    expect(code).toBe('E_TIMEOUT')
    expect(culprits).toMatchObject([{ name: 'Cleo' }])
  }
}

async function areAt(people: readonly Person[], wallet: string, epoch: number): Promise<void> {
  for (const who of people) await who.until((view) => view.wallets.find(({ id, state, epoch: number }) => id === wallet && state === 'ready' && number === epoch))
  for (const who of people) expect(walletOf(who, wallet).changing).toBeUndefined()
}

test('before the new shares are stored: nothing has changed anywhere, and the next attempt works', { timeout: 60_000 }, async () => {
  const trio = await fresh()
  trio.line.silentBefore = ({ type }) => type === R4
  await crashed(trio)
  const { anna, ben, wallet } = trio
  for (const who of [anna, ben]) expect(walletOf(who, wallet)).toMatchObject({ state: 'ready', epoch: 1, threshold: 2 })
  const cleo = await trio.restarted(trio.cleo, 'Cleo')
  expect(walletOf(cleo, wallet)).toMatchObject({ state: 'ready', epoch: 1 })
  await change({ wallet, stay: [anna, ben, cleo], threshold: 3 })
  await areAt([anna, ben, cleo], wallet, 2)
})

test('between storing and voting: the wallet works as before until it is back, and then the change is finished', { timeout: 60_000 }, async () => {
  const trio = await fresh()
  trio.line.silentBefore = ({ type }) => type === VOTE
  await crashed(trio)
  const { anna, ben, wallet } = trio
  for (const who of [anna, ben]) {
    expect(walletOf(who, wallet)).toMatchObject({ state: 'ready', epoch: 1, changing: true })
    const [error] = who.view().sessions.flatMap(({ kind, state }) => (kind === 'reshare' && state.at === 'failed' ? [state.error] : []))
    expect(error?.safe).toContain('Your new share is stored beside the old one')
  }
  expect(await signAll([anna, ben], wallet)).toEqual([1, 1, 1])
  const cleo = await trio.restarted(trio.cleo, 'Cleo')
  await areAt([anna, ben, cleo], wallet, 2)
  expect(await signAll([cleo, ben, anna], wallet)).toEqual([1, 1, 1])
})

test('after its vote: who has the certificate gives it to the one that missed it', { timeout: 60_000 }, async () => {
  const trio = await fresh()
  const { anna, ben, wallet } = trio
  let votes = 0
  trio.line.silentAfter = ({ type }) => type === VOTE && ++votes === 2
  const { session } = await approveChange({ wallet, stay: [anna, ben, trio.cleo], threshold: 2 })
  await Promise.all([anna, ben].map((who) => reaches(who, session, 'done')))
  const cleo = await trio.restarted(trio.cleo, 'Cleo')
  await areAt([cleo], wallet, 2)
  expect(await signAll([cleo, anna], wallet)).toEqual([1, 1, 1])
})

test('and never comes back: the others change the wallet without it, under a number that was not used', { timeout: 60_000 }, async () => {
  const trio = await fresh()
  trio.line.silentBefore = ({ type }) => type === VOTE
  await crashed(trio)
  const { anna, ben, wallet } = trio
  await change({ wallet, stay: [anna, ben], threshold: 2 })
  await areAt([anna, ben], wallet, 3)
  expect(await signAll([ben, anna], wallet)).toEqual([1, 1, 1])
  // What it had voted for is over when it does come back, and so is what it had before.
  const cleo = await trio.restarted(trio.cleo, 'Cleo')
  await cleo.until((view) => view.wallets.find(({ state }) => state === 'left'))
})
