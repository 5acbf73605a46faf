/**
 * Wrong passphrases are counted where the vault lies, so that a reload forgets none, and after five of them each has to wait. That holds up
 * somebody at the keyboard; whoever has a copy of the disk is held up by Argon2id alone.
 */
import { concat, equalBytes, toNumber, u32, u64, VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Clock } from '../clock.ts'
import type { Store } from './store.ts'
import { storeKeys } from './store-keys.ts'

/** So many wrong ones cost nothing but the last. */
const TRIES_BEFORE_WAIT = 5
const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 15 * 60_000

const MAGIC = utf8ToBytes('TVT1')
const RECORD_BYTES = 16

interface Count {
  readonly wrong: number
  /** ms since 1970 of the last one. */
  readonly at: number
}

const NONE: Count = { wrong: 0, at: 0 }

export class Tries {
  readonly #store: Store
  readonly #clock: Pick<Clock, 'now'>
  /** Counts that the store would not take. */
  readonly #unwritten = new Map<PartyId, Count>()
  #tail: Promise<unknown> = Promise.resolve()

  constructor(store: Store, clock: Pick<Clock, 'now'>) {
    this.#store = store
    this.#clock = clock
  }

  /** Before when no passphrase is looked at, ms since 1970; `undefined` where one may be tried now. */
  async waitUntil(party: PartyId): Promise<number | undefined> {
    const until = endOfWait(this.#bounded(await this.#read(party)))
    return until > this.#clock.now() ? until : undefined
  }

  /**
   * Tries a passphrase, one at a time; `open` tells of a wrong one by E_PASSPHRASE.
   * @throws VaultError E_THROTTLED without having tried
   */
  attempt<T>(party: PartyId, open: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(() => this.#attempt(party, open))
    this.#tail = done.catch(() => undefined)
    return done
  }

  async #attempt<T>(party: PartyId, open: () => Promise<T>): Promise<T> {
    const found = await this.#read(party)
    const count = this.#bounded(found)
    if (count.at !== found.at) await this.#write(party, count)
    const until = endOfWait(count)
    if (until > this.#clock.now()) throw new VaultError('E_THROTTLED', `${count.wrong} wrong passphrases; the next one is looked at from ${new Date(until).toISOString()} on`)
    try {
      const opened = await open()
      if (found.wrong > 0) await this.#write(party, NONE)
      return opened
    } catch (error) {
      // Counted before anybody hears that it was wrong.
      if (error instanceof VaultError && error.code === 'E_PASSPHRASE') await this.#write(party, { wrong: count.wrong + 1, at: this.#clock.now() })
      throw error
    }
  }

  /** A clock that was put back must not make anybody wait longer than told. */
  #bounded({ wrong, at }: Count): Count {
    return { wrong, at: Math.min(at, this.#clock.now()) }
  }

  async #read(party: PartyId): Promise<Count> {
    return this.#unwritten.get(party) ?? decode(await this.#store.get(storeKeys(party).tries))
  }

  /** A store that is full keeps nobody out, and lets nobody try more often as long as this program runs. */
  async #write(party: PartyId, count: Count): Promise<void> {
    try {
      await this.#store.write([{ key: storeKeys(party).tries, value: count.wrong === 0 ? undefined : concat(MAGIC, u32(count.wrong), u64(count.at)) }])
      this.#unwritten.delete(party)
    } catch (error) {
      if (!(error instanceof VaultError)) throw error
      this.#unwritten.set(party, count)
    }
  }
}

function endOfWait({ wrong, at }: Count): number {
  return wrong < TRIES_BEFORE_WAIT ? 0 : at + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (wrong - TRIES_BEFORE_WAIT))
}

/** Whoever can damage it can delete it, too. */
function decode(record: Uint8Array | undefined): Count {
  if (record?.length !== RECORD_BYTES || !equalBytes(record.subarray(0, MAGIC.length), MAGIC)) return NONE
  return { wrong: toNumber(record.subarray(4, 8)), at: toNumber(record.subarray(8)) }
}
