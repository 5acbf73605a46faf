/** Whole parties on an in-memory network, driven like people would: for tests. */
import type { CreateWallet } from '../api.ts'
import type { ErrorView, PartyView, SessionView } from '../views.ts'
import { systemClock, type Clock } from '../clock.ts'
import { createParty, type Party } from '../party.ts'
import type { PartyLock } from '../one-writer.ts'
import { askPerson, type Policy } from '../policy.ts'
import type { Transport } from '../transport/types.ts'
import { createVault } from '../vault/index.ts'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'
import type { BentLine } from './bent-line.ts'
import type { Rng, Role } from '@trivet/protocol/core'
import type { Interpret } from '@trivet/protocol/intent'
import type { SessionId } from '@trivet/signalling/wire'

/**
 * Intents of tests: a first byte names the suite (1, 2, 3; 0x83: suite 3 with Taproot; 0x11, 0x22, 0xa3: 1, 2, and 3 with Taproot at the path
 * 0/7), the rest is one message, or with 0x12 (suite 1) and 0x84 (Taproot) several of 32 bytes behind a count.
 */
export const interpretForTests: Interpret = (intent) => {
  const [kind = 2] = intent
  const rest = intent.subarray(1)
  const count = kind === 0x84 || kind === 0x12 ? rest[0] ?? 1 : undefined
  const messages = count === undefined ? [rest.slice()] : Array.from({ length: count }, (_, i) => rest.slice(1 + 32 * i, 33 + 32 * i))
  return {
    suite: [1, 0x11, 0x12].includes(kind) ? 1 : [2, 0x22].includes(kind) ? 2 : 3, taproot: kind >= 0x83, path: [0x11, 0x22, 0xa3].includes(kind) ? [0, 7] : [],
    messages,
    preview: { kind: 'message', sentence: `Sign ${rest.length} bytes`, fields: [], warnings: [] },
  }
}

export interface Person {
  readonly party: Party
  readonly store: MemoryStore
  readonly log: readonly string[]
  view(): PartyView
  /** Resolves with the first view for which `pick` gives something. */
  until<T>(pick: (view: PartyView) => T | undefined): Promise<T>
}

export interface PersonOptions {
  readonly transport: Transport
  /** Opens the party with a key at hand, which spares stretching a passphrase; made at the first time. */
  readonly name?: string
  /** Bends this party's line: for cheats and crashes. */
  readonly line?: BentLine
  readonly rng?: Rng
  readonly interpret?: Interpret
  readonly role?: Role
  readonly store?: MemoryStore
  readonly clock?: Clock
  readonly policy?: Policy
  readonly lock?: PartyLock
  /** Kept ready for each set of signers. */
  readonly presignatures?: number
  readonly exportDelayMs?: number
}

export const randomBytes: Rng = (size) => crypto.getRandomValues(new Uint8Array(size))
/** What opens the vaults of parties with a name. */
export const VAULT_KEY = new Uint8Array(32).fill(0x5e)

export async function person(options: PersonOptions): Promise<Person> {
  const { name, line, lock, exportDelayMs, presignatures = 0, store = createMemoryStore(), clock = systemClock, policy = askPerson, rng = randomBytes, interpret = interpretForTests, role = 'mobile-app' } = options
  const log: string[] = []
  const party = await createParty({
    // A company's server is another program than a page.
    rng, clock, policy, interpret, role, build: new Uint8Array(32).fill(role === 'enterprise' ? 1 : 0),
    transport: line?.transport(options.transport) ?? options.transport,
    vault: createVault({ store, subtle: crypto.subtle, rng, clock }),
    subtle: line?.subtle(crypto.subtle) ?? crypto.subtle,
    ...(line === undefined ? {} : { openChannel: line.openChannel }),
    ...(lock === undefined ? {} : { lock }), ...(exportDelayMs === undefined ? {} : { exportDelayMs }), presignatures,
    log: (event, fields) => { log.push(`${event} ${JSON.stringify(fields)}`) },
  })
  let latest: PartyView | undefined
  const waiting = new Set<() => void>()
  party.subscribe((view) => {
    latest = view
    for (const look of waiting) look()
  })
  const view = (): PartyView => {
    if (latest === undefined) throw new Error('no view yet')
    return latest
  }
  if (name !== undefined) await party.openHeadless({ name, source: { kind: 'raw', key: VAULT_KEY } })
  return {
    party, store, log, view,
    until: (pick) => new Promise((resolve, reject) => {
      const look = (): void => {
        try {
          const found = pick(view())
          if (found === undefined) return
          resolve(found)
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
        waiting.delete(look)
      }
      waiting.add(look)
      look()
    }),
  }
}

export function sessionIn(view: PartyView, id: SessionId): SessionView | undefined {
  return view.sessions.find((session) => session.id === id)
}

/** Waits until a session is in a state. */
export async function reaches(who: Person, id: SessionId, at: SessionView['state']['at']): Promise<SessionView> {
  return who.until((view) => {
    const session = sessionIn(view, id)
    if (session?.state.at === 'failed' && at !== 'failed') throw new Error(`${who.view().me?.name}: ${session.state.error.details}`)
    return session?.state.at === at ? session : undefined
  })
}

export const PAGE = 'https://wallet.example/'

/** The first of `people` creates, the others join by link, up to a full lobby. */
export async function meet(people: readonly Person[], options: Partial<CreateWallet> & { readonly threshold: number }): Promise<SessionId> {
  const [first, ...others] = people
  if (first === undefined) throw new Error('nobody')
  const device = (who: Person, i: number) => (who.view().me === undefined ? { device: { name: `device ${i}`, passphrase: `a passphrase of device ${i}` } } : {})
  const { session } = await first.party.verbs.createWallet({
    name: 'Savings', places: others.map(() => ({ kind: 'link' as const })), pageUrl: PAGE, ...device(first, 1), ...options,
  })
  const links = await linksOf(first, session)
  await Promise.all(others.map((other, i) => other.party.verbs.joinWallet({ link: links[i] ?? '', ...device(other, i + 2) })))
  await first.until((view) => {
    const state = sessionIn(view, session)?.state
    if (state?.at === 'failed') throw new Error(state.error.details)
    return state?.at === 'inviting' && state.ready ? true : undefined
  })
  return session
}

/** The links of the places that are still empty. */
export async function linksOf(who: Person, session: SessionId): Promise<readonly string[]> {
  return who.until((view) => sessionIn(view, session)?.places.flatMap(({ link }) => link ?? []))
}

/** Whoever is asked compares words, as people do who look at each other's screens. Resolves once nobody is asked any more. */
export async function compare(people: readonly Person[], session: SessionId): Promise<void> {
  const [first] = people
  const shown = async (): Promise<readonly string[]> => the(first).until((view) => sessionIn(view, session)?.words)
  await Promise.all(people.map(async (who) => {
    const asked = await who.until((view) => {
      const found = sessionIn(view, session)
      if (found?.state.at === 'failed') throw new Error(`${view.me?.name}: ${found.state.error.details}`)
      if (found === undefined || found.state.at === 'inviting' || (found.state.at === 'comparing' && found.words === undefined)) return undefined
      return found
    })
    if (asked.state.at === 'comparing') await who.party.verbs.compareWords({ session, answer: asked.coordinator ? 'same' : await shown() })
  }))
}

/** The first of `people` starts; all compare words where they are asked to, and approve. */
async function startAndApprove(people: readonly Person[], session: SessionId): Promise<void> {
  const [first, ...others] = people
  await first?.party.verbs.startKeygen({ session })
  await compare(people, session)
  await Promise.all(others.map(async (other) => {
    await reaches(other, session, 'approving')
    await other.party.verbs.approve({ session })
  }))
}

/** The first of `people` creates, the others join by link; all approve. */
export async function meetAndApprove(people: readonly Person[], options: Partial<CreateWallet> & { readonly threshold: number }): Promise<SessionId> {
  const session = await meet(people, options)
  await startAndApprove(people, session)
  return session
}

/** A wallet of all these people. @returns its id */
export async function makeWallet(people: readonly Person[], threshold = 2): Promise<string> {
  const session = await meetAndApprove(people, { threshold })
  const [done] = await Promise.all(people.map((who) => reaches(who, session, 'done')))
  if (done?.state.at !== 'done' || done.state.wallet === undefined) throw new Error('no wallet')
  return done.state.wallet
}

/** The first of `people` asks for a signature of exactly these. */
export async function ask(people: readonly Person[], wallet: string, intent: Uint8Array): Promise<SessionId> {
  const signers = people.map((who) => who.view().wallets.find(({ id }) => id === wallet)?.myIndex ?? 0)
  const [first] = people
  if (first === undefined) throw new Error('nobody')
  return (await first.party.verbs.requestSignature({ wallet, intent, signers })).session
}

/** As `ask`; everybody else approves. @returns the signatures, the same for all */
export async function signTogether(people: readonly Person[], wallet: string, intent: Uint8Array): Promise<readonly Uint8Array[]> {
  const session = await ask(people, wallet, intent)
  for (const other of people.slice(1)) {
    await reaches(other, session, 'approving')
    await other.party.verbs.approve({ session })
  }
  const results = await Promise.all(people.map(async (who) => {
    const { state } = await reaches(who, session, 'done')
    return state.at === 'done' ? state.signatures ?? [] : []
  }))
  return results[0] ?? []
}

/** How a session failed for somebody. */
export async function failureOf(who: Person, session: SessionId): Promise<ErrorView> {
  const { state } = await reaches(who, session, 'failed')
  if (state.at !== 'failed') throw new Error('not failed')
  return state.error
}

export function the<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there')
  return value
}
