/** People who change the devices of a wallet: for tests. */
import type { SessionId } from '@trivet/signalling/wire'
import type { ChangeWallet } from '../api.ts'
import type { WalletView } from '../views.ts'
import { BentLine } from './bent-line.ts'
import { compare, linksOf, makeWallet, PAGE, person, reaches, sessionIn, signTogether, type Person } from './people.ts'
import { makeTrio, storesOf, type SavedStore, type Trio, type TrioOptions } from './trio.ts'

/** Anna, Ben and Cleo, who have a wallet. */
export interface Owners extends Trio {
  readonly wallet: string
}

/** A 2-of-3 wallet that is made once. @returns a function that gives its devices anew, as they were then, on a network of their own */
export async function owners(): Promise<(options?: TrioOptions) => Promise<Owners>> {
  const { all } = await makeTrio()
  const wallet = await makeWallet(all)
  await Promise.all(all.map((who) => who.party.close()))
  const saved = all.map(({ store }): SavedStore => [...store.contents].map(([key, value]) => [key, value.slice()] as const))
  return async (options = {}) => ({ ...await makeTrio({ ...options, stores: storesOf(saved) }), wallet })
}

/** One intent of each suite. */
export const INTENTS: readonly Uint8Array[] = [1, 2, 3].map((kind) => Uint8Array.of(kind, ...new Uint8Array(32).fill(7)))

/** Signs with the keys of all suites. @returns how many signatures there are of each */
export async function signAll(people: readonly Person[], wallet: string): Promise<readonly number[]> {
  const counts: number[] = []
  for (const intent of INTENTS) counts.push((await signTogether(people, wallet, intent)).length)
  return counts
}

export interface Change {
  readonly wallet: string
  /** Members who take part, the one who begins first unless it joins. */
  readonly stay?: readonly Person[]
  readonly leaving?: readonly Person[]
  /** Who comes by link. */
  readonly join?: readonly Person[]
  readonly threshold: number
  /** Who begins; the first who stays, if absent. */
  readonly by?: Person
}

export function walletOf(who: Person, wallet: string): WalletView {
  const found = who.view().wallets.find(({ id }) => id === wallet)
  if (found === undefined) throw new Error(`${who.view().me?.name} has no such wallet`)
  return found
}

export function indexOf(who: Person, wallet: string): number {
  return walletOf(who, wallet).myIndex
}

export interface Gathered {
  readonly session: SessionId
  /** Everybody who takes part, the one who began it first. */
  readonly people: readonly Person[]
}

/** Begins it and fills the lobby. */
export async function gatherChange({ wallet, stay = [], leaving = [], join = [], threshold, by }: Change): Promise<Gathered> {
  const first = by ?? stay[0] ?? leaving[0]
  if (first === undefined) throw new Error('nobody begins')
  const change: ChangeWallet = {
    wallet, threshold, stay: stay.map((who) => indexOf(who, wallet)), leaving: leaving.map((who) => indexOf(who, wallet)),
    places: join.map(() => ({ kind: 'link' })), pageUrl: PAGE,
  }
  const { session } = await first.party.verbs.changeWallet(change)
  const links = join.length === 0 ? [] : await linksOf(first, session)
  await Promise.all(join.map((who, i) => who.party.verbs.joinWallet({ link: links[i] ?? '' })))
  const others = [...stay, ...leaving, ...join].filter((who) => who !== first)
  await first.until((view) => {
    const state = sessionIn(view, session)?.state
    if (state?.at === 'failed') throw new Error(state.error.details)
    return state?.at === 'inviting' && state.ready ? true : undefined
  })
  return { session, people: [first, ...others] }
}

/** As `gatherChange`; then words are compared where anybody is asked, and all approve. */
export async function approveChange(change: Change): Promise<Gathered> {
  const gathered = await gatherChange(change)
  const { session, people } = gathered
  const [first, ...others] = people
  await first?.party.verbs.startKeygen({ session })
  await compare(people, session)
  await Promise.all(others.map(async (who) => {
    await reaches(who, session, 'approving')
    await who.party.verbs.approve({ session })
  }))
  return gathered
}

/** As `approveChange`, and it is done everywhere. */
export async function change(about: Change): Promise<SessionId> {
  const { session, people } = await approveChange(about)
  await Promise.all(people.map((who) => reaches(who, session, 'done')))
  return session
}

const PASSPHRASE = 'a passphrase of a backup file'
/** By who made them: the same for all copies of the same devices. */
const files = new Map<string, Uint8Array>()

/** A new device with what a backup of this one holds; the old one is lost. Its passphrases are stretched as in life, unless the test file mocks that. */
export async function restoredFrom({ clock, network, wallet }: Owners, lost: Person, name: string, line = new BentLine()): Promise<Person> {
  const key = `${wallet} ${indexOf(lost, wallet)}`
  const file = files.get(key) ?? (await lost.party.verbs.makeBackup({ wallet, passphrase: PASSPHRASE })).file
  files.set(key, file)
  await lost.party.close()
  const who = await person({ transport: network.transport(name), clock, line })
  await who.party.verbs.restoreBackup({ file: file.slice(), passphrase: PASSPHRASE, device: { name, passphrase: PASSPHRASE } })
  return who
}
