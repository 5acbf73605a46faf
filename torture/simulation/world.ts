/** Devices of people in one simulated network: switched on, made to sign, switched off. */
import { askPerson, createParty, type Party, type PartyView, type SessionView } from '@trivet/party'
import { createMemoryStore, interpretForTests, type BentLine } from '@trivet/party/testing'
import { createMemoryNetwork, type MemoryNetwork, type Transport } from '@trivet/party/transport'
import { createVault, type Store } from '@trivet/party/vault'
import { Bug, type Rng } from '@trivet/protocol/core'
import { pick, seededRng } from '@trivet/protocol/testing'
import { SimulatedTime, waitForWebCrypto } from './time.ts'
import { CALM, Station, type Weather } from './weather.ts'

const BEGINNING = 1_700_000_000_000
const SWITCHED_ON_WITHIN_MS = 120_000
/** So that no run waits for a passphrase to be stretched. */
export const VAULT_KEY = new Uint8Array(32).fill(0x5e)

waitForWebCrypto()

export interface Device {
  readonly name: string
  readonly store: Store
  readonly station: Station
  readonly party: Party
  readonly view: () => PartyView
  /** Ends at once, in the middle of anything; whoever it is connected to hears that it is gone. */
  readonly die: () => void
}

export interface WorldOptions {
  readonly seed: string
  readonly weather?: Weather
  /** What stands between every device and the introduction server. */
  readonly over?: (transport: Transport) => Transport
  /** Presignatures that each device keeps ready for each set of signers; none, if absent. */
  readonly presignatures?: number
  /** What each device says goes through its line. */
  readonly lineOf?: (name: string) => BentLine
  /** What devices write into their logs. */
  readonly log?: (event: string, fields: Readonly<Record<string, unknown>>) => void
}

export class World {
  readonly time = new SimulatedTime(BEGINNING)
  readonly rng: Rng
  readonly #network: MemoryNetwork
  readonly #options: WorldOptions
  #switchedOn = 0

  constructor(options: WorldOptions) {
    const { seed } = options
    this.#options = options
    this.rng = seededRng(seed)
    const order = seededRng(`${seed} order`)
    this.#network = createMemoryNetwork({ now: () => this.time.now(), pick: (count) => pick(order, count) })
  }

  /** @param store what the device has of before */
  async switchOn(name: string, store: Store = createMemoryStore()): Promise<Device> {
    const { seed, weather = CALM, over = (transport: Transport) => transport, presignatures = 0, lineOf, log = () => undefined } = this.#options
    this.#switchedOn += 1
    const id = `${name} ${this.#switchedOn}`
    const station = new Station(over(this.#network.transport(id)), {
      time: this.time, weather, rng: seededRng(`${seed} weather of ${id}`),
      setOnline: (isOnline) => { this.#network.setOnline(id, isOnline) },
    })
    const [rng, { subtle }, line] = [seededRng(`${seed} ${id}`), globalThis.crypto, lineOf?.(name)]
    const party = await this.wait(createParty({
      rng, clock: this.time, vault: createVault({ store, subtle, rng, clock: this.time }), presignatures, log,
      transport: line?.transport(station.transport) ?? station.transport, subtle: line?.subtle(subtle) ?? subtle,
      ...(line === undefined ? {} : { openChannel: line.openChannel }),
      policy: askPerson, interpret: interpretForTests, role: 'mobile-app', build: new Uint8Array(32),
    }))
    let latest: PartyView | undefined
    party.subscribe((view) => { latest = view })
    await this.wait(party.openHeadless({ name, source: { kind: 'raw', key: VAULT_KEY } }))
    const view = (): PartyView => {
      if (latest === undefined) throw new Bug('no view yet')
      return latest
    }
    const die = (): void => {
      station.switchOff()
      this.#network.cut(id)
    }
    return { name, store, station, party, view, die }
  }

  /** Lets time go on until something is settled. @throws what it throws */
  async wait<T>(work: Promise<T>, limit = SWITCHED_ON_WITHIN_MS): Promise<T> {
    let isSettled = false
    const settled = (): void => { isSettled = true }
    work.then(settled, settled)
    if (!await this.time.until(() => isSettled, limit)) throw new Error(`nothing happened within ${limit} ms`)
    return await work
  }
}

/** What people do when their screen asks them something: they compare words, and say yes. */
export function attend({ party }: Device): () => void {
  const answered = new Set<string>()
  return party.subscribe((view) => {
    for (const session of view.sessions) {
      const question = `${session.id} ${session.state.at}`
      if (answered.has(question) || !isAsked(session)) continue
      answered.add(question)
      answer(party, session).catch(() => { answered.delete(question) })
    }
  })
}

function isAsked({ state, coordinator, words }: SessionView): boolean {
  if (state.at === 'inviting') return coordinator && state.ready
  return (state.at === 'approving' && !state.answered) || (state.at === 'comparing' && !state.answered && words !== undefined)
}

async function answer({ verbs }: Party, { id: session, state, coordinator, words = [] }: SessionView): Promise<void> {
  if (state.at === 'inviting') await verbs.startKeygen({ session })
  else if (state.at === 'comparing') await verbs.compareWords({ session, answer: coordinator ? 'same' : words })
  else await verbs.approve({ session })
}
