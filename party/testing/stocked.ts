/** Parties with presignatures in stock: each has a line that can be bent, and what all of them say with presignatures is looked at. */
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Envelope } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import { createMemoryNetwork, type MemoryNetwork, type MemoryNetworkOptions } from '../transport/memory.ts'
import { BentLine } from './bent-line.ts'
import { FakeClock, turnUntil } from './fake-clock.ts'
import { person, sessionIn, the, type Person, type PersonOptions } from './people.ts'

/** Message type of ONLINE, whose body is sid 32 ‖ reqHash 32 ‖ w 32 ‖ u' 32. */
export const ONLINE = 0x2d

/** One device, switched on. */
export interface Seat extends Person {
  readonly name: string
  readonly line: BentLine
}

/** One network and one clock for all of a test. */
export class Table {
  readonly clock = new FakeClock()
  readonly #network: MemoryNetwork
  readonly #target: number
  /** By presignature: the requests it was used for, by anybody. */
  readonly #uses = new Map<string, Set<string>>()
  #seated = 0

  /** @param target presignatures for each set of signers */
  constructor(target: number, network: MemoryNetworkOptions = {}) {
    this.#target = target
    this.#network = createMemoryNetwork({ now: () => this.clock.now(), ...network })
  }

  /** Switches a device on. */
  async seat(name: string, options: Partial<PersonOptions> = {}): Promise<Seat> {
    this.#seated += 1
    const device = `${name} ${this.#seated}`
    const line = new BentLine()
    line.watch = (envelope) => { this.#note(envelope) }
    line.onSilence = () => { this.#network.setOnline(device, false) }
    const transport = this.#network.transport(device)
    return { ...await person({ transport, line, name, clock: this.clock, presignatures: this.#target, ...options }), name, line }
  }

  /** Loses its power: nothing more is said or heard. Comes back with nothing but its store. */
  async restart(seat: Seat, options: Partial<PersonOptions> = {}): Promise<Seat> {
    seat.line.fallSilent()
    return this.seat(seat.name, { store: seat.store, ...options })
  }

  /** Lets time go on until exactly these have their stock. */
  async filled(seats: readonly Seat[], signers = indexesOf(seats)): Promise<void> {
    await turnUntil(this.clock, () => seats.every((seat) => stockOf(seat, signers) === this.#target))
  }

  /** How many presignatures were used. */
  get used(): number {
    return this.#uses.size
  }

  /** Presignatures that were used for more than one request. */
  get usedTwice(): readonly string[] {
    return [...this.#uses].filter(([, requests]) => requests.size > 1).map(([id]) => id)
  }

  #note({ header, body }: Envelope): void {
    if (header.type !== ONLINE) return
    const id = bytesToHex(body.subarray(0, 32))
    const requests = this.#uses.get(id) ?? new Set()
    requests.add(bytesToHex(body.subarray(32, 64)))
    this.#uses.set(id, requests)
  }
}

/** Ascending share indices in the one wallet. */
export function indexesOf(seats: readonly Person[]): readonly number[] {
  return seats.map((seat) => the(seat.view().wallets[0]).myIndex).toSorted((a, b) => a - b)
}

export function stockOf(seat: Person, signers: readonly number[]): number {
  return seat.view().wallets[0]?.stock.find((stock) => stock.signers.join() === signers.join())?.count ?? 0
}

/** How a session was signed. */
export function wayOf(seat: Person, session: SessionId): string | undefined {
  return sessionIn(seat.view(), session)?.request?.way
}
