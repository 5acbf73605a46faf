/** Anna, Ben and Cleo on one network, with one clock that a test turns; Cleo's line can be bent. */
import type { SessionId } from '@trivet/signalling/wire'
import type { ErrorView } from '../views.ts'
import type { Relay } from '../transport/memory-server.ts'
import { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from '../transport/memory.ts'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'
import { isPairing } from '../sealed/index.ts'
import { BentLine } from './bent-line.ts'
import { FakeClock, turnUntil } from './fake-clock.ts'
import { failureOf, person, sessionIn, type Person, type PersonOptions } from './people.ts'

export interface Trio {
  readonly anna: Person
  readonly ben: Person
  readonly cleo: Person
  readonly all: readonly [Person, Person, Person]
  /** Cleo's. */
  readonly line: BentLine
  readonly clock: FakeClock
  readonly network: MemoryNetwork
  /** The same device after a crash: everything but its store is new. */
  readonly restarted: (who: Person, name: string, options?: Partial<PersonOptions>) => Promise<Person>
}

export interface TrioOptions {
  readonly network?: MemoryNetworkOptions
  readonly person?: Partial<PersonOptions>
  /** What lies on their devices already. */
  readonly stores?: readonly MemoryStore[]
}

export async function makeTrio(options: TrioOptions = {}): Promise<Trio> {
  const clock = new FakeClock()
  const network = createMemoryNetwork({ now: () => clock.now(), ...options.network })
  const line = new BentLine()
  let made = 0
  const make = (name: string, more: Partial<PersonOptions> = {}): Promise<Person> => {
    made += 1
    return person({ transport: network.transport(`${name} ${made}`), name, clock, ...options.person, ...more })
  }
  // What still runs of a device without power writes to no disk that it comes back with.
  let disk: MemoryStore | undefined
  line.onSilence = () => {
    network.setOnline('Cleo 3', false)
    disk = storesOf([[...cleo.store.contents]])[0]
  }
  const at = (i: number): Partial<PersonOptions> => {
    const store = options.stores?.[i]
    return store === undefined ? {} : { store }
  }
  const [anna, ben, cleo] = [await make('Anna', at(0)), await make('Ben', at(1)), await make('Cleo', { line, ...at(2) })]
  const storeOf = (who: Person): MemoryStore => (who === cleo ? disk : undefined) ?? who.store
  return { anna, ben, cleo, all: [anna, ben, cleo], line, clock, network, restarted: (who, name, more) => make(name, { store: storeOf(who), ...more }) }
}

/** How a session failed for each of these, letting time go on as far as it needs. */
export async function failuresOf(clock: FakeClock, people: readonly Person[], session: SessionId): Promise<readonly ErrorView[]> {
  await turnUntil(clock, () => people.every((who) => sessionIn(who.view(), session)?.state.at === 'failed'))
  return Promise.all(people.map((who) => failureOf(who, session)))
}

/** What the server can guess of what it relays, from outside: sealed with a secret, the inviter first; or to cards, a roster of three larger than the rest. */
type Guess = 'welcome' | 'hello' | 'invitation' | 'negotiation'

const INVITATION_BYTES = 4_096

/** What the server does to what it takes for this. */
export function altering(what: Guess, change: (bytes: Uint8Array) => Uint8Array | undefined): MemoryNetworkOptions {
  const welcomed = new Set<string>()
  const guess = ({ from, to, payload }: Parameters<Relay>[0]): Guess => {
    if (!isPairing(payload)) return payload.length === INVITATION_BYTES ? 'invitation' : 'negotiation'
    if (welcomed.has(`${to} ${from}`)) return 'hello'
    welcomed.add(`${from} ${to}`)
    return 'welcome'
  }
  return { relay: (relayed) => (guess(relayed) === what ? change(relayed.payload) : relayed.payload) }
}

export function flipLast(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte))
}

/** What lay on a device. */
export type SavedStore = readonly (readonly [string, Uint8Array])[]

/** Copies, so that what one test does is not seen by the next. */
export function storesOf(saved: readonly SavedStore[]): readonly MemoryStore[] {
  return saved.map((contents) => {
    const store = createMemoryStore()
    for (const [key, value] of contents) store.contents.set(key, value.slice())
    return store
  })
}
