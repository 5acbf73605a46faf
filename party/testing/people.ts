/** Whole parties on an in-memory network, driven like people would: for tests. */
import type { CreateWallet, PartyView, SessionView } from '../api.ts'
import { systemClock, type Clock } from '../clock.ts'
import { createParty, type Party } from '../party.ts'
import { askPerson, type Policy } from '../policy.ts'
import type { Transport } from '../transport/types.ts'
import { createVault, type Store } from '../vault/index.ts'
import { createMemoryStore } from '../vault/memory-store.ts'
import type { Interpret } from '@trivet/protocol/intent'
import type { SessionId } from '@trivet/signalling/wire'

/** Intents of tests: a first byte names the suite (2, 3; 0x83: with Taproot), the rest is one message, or several of 32 bytes behind a count. */
export const interpretForTests: Interpret = (intent) => {
  const [kind = 2] = intent
  const rest = intent.subarray(1)
  const count = kind === 0x84 ? rest[0] ?? 1 : 1
  const messages = kind === 0x84 ? Array.from({ length: count }, (_, i) => rest.slice(1 + 32 * i, 33 + 32 * i)) : [rest.slice()]
  return {
    suite: kind === 2 ? 2 : 3, taproot: kind >= 0x83, messages,
    preview: { kind: 'message', sentence: `Sign ${rest.length} bytes`, fields: [], warnings: [] },
  }
}

export interface Person {
  readonly party: Party
  readonly store: Store
  readonly log: readonly string[]
  view(): PartyView
  /** Resolves with the first view for which `pick` gives something. */
  until<T>(pick: (view: PartyView) => T | undefined): Promise<T>
}

export interface PersonOptions {
  readonly transport: Transport
  readonly store?: Store
  readonly clock?: Clock
  readonly policy?: Policy
}

export async function person({ transport, store = createMemoryStore(), clock = systemClock, policy = askPerson }: PersonOptions): Promise<Person> {
  const log: string[] = []
  const party = await createParty({
    rng: (size) => crypto.getRandomValues(new Uint8Array(size)), clock, transport, policy, interpret: interpretForTests,
    vault: createVault({ store, subtle: crypto.subtle, rng: (size) => crypto.getRandomValues(new Uint8Array(size)) }),
    subtle: crypto.subtle, role: 'mobile-app', build: new Uint8Array(32),
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
  return {
    party, store, log, view,
    until: (pick) => new Promise((resolve, reject) => {
      const look = (): void => {
        try {
          const found = pick(view())
          if (found === undefined) return
          resolve(found)
        } catch (error) {
          reject(error)
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

/** The first of `people` creates, the others join by link; all approve up to the running ceremony. */
export async function meetAndApprove(people: readonly Person[], options: Partial<CreateWallet> & { readonly threshold: number }): Promise<SessionId> {
  const [first, ...others] = people
  if (first === undefined) throw new Error('nobody')
  const device = (i: number) => ({ name: `device ${i}`, passphrase: `a passphrase of device ${i}` })
  const { session } = await first.party.verbs.createWallet({
    name: 'Savings', places: others.map(() => ({ kind: 'link' as const })), device: device(1), pageUrl: PAGE, ...options,
  })
  const links = await first.until((view) => {
    const open = sessionIn(view, session)?.places.flatMap(({ link }) => link ?? [])
    return open?.length === others.length ? open : undefined
  })
  await Promise.all(others.map((other, i) => other.party.verbs.joinWallet({ link: links[i] ?? '', device: device(i + 2) })))
  await first.until((view) => {
    const state = sessionIn(view, session)?.state
    return state?.at === 'inviting' && state.ready ? true : undefined
  })
  await first.party.verbs.startKeygen({ session })
  await Promise.all(others.map(async (other) => {
    await reaches(other, session, 'approving')
    await other.party.verbs.approve({ session })
  }))
  return session
}
