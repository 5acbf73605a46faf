/**
 * How the other members of this party's wallets are: when each was last connected, as far as this device saw, and when its backup was last
 * read back, as it says itself. Only shown: nothing is decided by it.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { concat, Malformed, MpcError, Reader, u32, u64, u8 } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'
import type { BackupProofs } from '../backup/proofs.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { memberOf } from '../session/member.ts'
import type { OpenVault } from '../vault/index.ts'
import type { Wallet } from '../wallets/wallet.ts'
import { decodeHealth, encodeHealth, type HealthRecord, type ToldBackup } from './health-record.ts'

const KIND = 'health'
/** It is written no more often. */
const REST_MS = 60_000
/** As long as somebody is online, it is written so often: a tab that is closed without a word loses no more. */
const WHILE_ONLINE_MS = 600_000
/** Wallets that two devices have in common and tell each other of in one session. */
const MAX_TOLD = 32

type Held = Pick<Wallet, 'id' | 'epoch' | 'members'>

interface HealthOptions {
  readonly vault: Pick<OpenVault, 'read' | 'write'>
  readonly clock: Clock
  readonly me: PartyId
  /** This party's wallets, in the epoch that counts. */
  readonly wallets: () => readonly Held[]
  readonly backups: Pick<BackupProofs, 'provedAt'>
  readonly log: Log
  /** Something that is shown has changed. */
  readonly changed: () => void
}

export class Health {
  readonly #options: HealthOptions
  readonly #seen: Map<PartyId, number>
  #backups: readonly ToldBackup[]
  #online: ReadonlySet<PartyId> = new Set()
  #writtenAt = -Infinity
  #cancel: () => void = () => undefined
  #isClosed = false

  private constructor(options: HealthOptions, { seen, backups }: HealthRecord) {
    this.#options = options
    this.#seen = new Map(seen.map(({ party, at }) => [party, at]))
    this.#backups = backups
  }

  /** What cannot be read counts as nothing: it comes again. @throws {VaultError} E_LOCKED, E_STORAGE */
  static async open(options: HealthOptions): Promise<Health> {
    const record = await options.vault.read(KIND).catch((error: unknown) => {
      if (error instanceof MpcError && error.code === 'E_DAMAGED') return undefined
      throw error
    })
    return new Health(options, decodeHealth(record))
  }

  /** ms since 1970. */
  lastSeenAt(party: PartyId): number | undefined {
    return this.#online.has(party) ? this.#options.clock.now() : this.#seen.get(party)
  }

  /** ms since 1970: when that party's backup of this epoch of the wallet was last read back, as it says. */
  backupProvedAt(wallet: WalletId, epoch: number, party: PartyId): number | undefined {
    return this.#backups.find((told) => told.wallet === wallet && told.party === party && told.epoch === epoch)?.at
  }

  /** Who is connected from now on; nobody, while this device is not connected itself. */
  sees(online: Iterable<PartyId>): void {
    const now = this.#options.clock.now()
    const next = new Set(online)
    if (next.size === 0 && this.#online.size === 0) return
    for (const party of [...this.#online, ...next]) this.#seen.set(party, now)
    this.#online = next
    this.#writeIn(REST_MS)
  }

  /** One comes or goes. */
  saw(party: PartyId, isOnline: boolean): void {
    const others = [...this.#online].filter((other) => other !== party)
    if (isOnline || this.#online.has(party)) this.sees(isOnline ? [...others, party] : others)
  }

  /**
   * What a party that a channel has come up to is told of this device: u8 n ‖ n × (wallet id 32 ‖ u32 epoch ‖ u64 when). Nothing, where there
   * is nothing to tell.
   */
  tell(party: PartyId): Uint8Array | undefined {
    const { wallets, backups } = this.#options
    const facts = wallets().filter(({ members }) => memberOf(members, party) !== undefined).flatMap(({ id, epoch: { roster: { epoch } } }) => {
      const at = backups.provedAt(id, epoch)
      return at === undefined ? [] : [concat(hexToBytes(id), u32(epoch), u64(at))]
    }).slice(0, MAX_TOLD)
    return facts.length === 0 ? undefined : concat(u8(facts.length), ...facts)
  }

  /** What a party says of its backups. Of wallets that it is no member of nothing is taken, and no date is later than now. */
  heard(from: PartyId, body: Uint8Array): void {
    const { wallets, clock, changed } = this.#options
    const common = new Set(wallets().filter(({ members }) => memberOf(members, from) !== undefined).map(({ id }) => id))
    const told = readTold(body).filter(({ wallet }) => common.has(wallet)).map((one) => ({ ...one, party: from, at: Math.min(one.at, clock.now()) }))
    if (told.length === 0) return
    this.#backups = [...this.#backups.filter(({ wallet, party }) => party !== from || !told.some((one) => one.wallet === wallet)), ...told]
    this.#writeIn(REST_MS)
    changed()
  }

  /** The party is locked: nothing more is written. */
  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  /** Not before so long after the last time. */
  #writeIn(ms: number): void {
    const { clock } = this.#options
    if (this.#isClosed) return
    this.#cancel()
    this.#cancel = clock.after(Math.max(0, this.#writtenAt + ms - clock.now()), () => { this.#write() })
  }

  #write(): void {
    const { vault, clock, log } = this.#options
    const now = clock.now()
    this.#writtenAt = now
    for (const party of this.#online) this.#seen.set(party, now)
    this.#forgetStrangers()
    const seen = [...this.#seen].map(([party, at]) => ({ party, at }))
    vault.write([{ kind: KIND, value: encodeHealth({ seen, backups: this.#backups }) }]).catch((error: unknown) => {
      if (!this.#isClosed) log('who was seen could not be written', { code: error instanceof MpcError ? error.code : 'E_BUG' })
    })
    if (this.#online.size > 0) this.#writeIn(WHILE_ONLINE_MS)
  }

  /** Whoever is a member of no wallet of this party any more. */
  #forgetStrangers(): void {
    const { wallets, me } = this.#options
    const members = new Map(wallets().map(({ id, members: all }) => [id, new Set(all.map(({ card }) => card.partyId))]))
    const parties = new Set([...members.values()].flatMap((all) => [...all]))
    for (const party of this.#seen.keys()) if (party === me || !parties.has(party)) this.#seen.delete(party)
    this.#backups = this.#backups.filter(({ wallet, party }) => members.get(wallet)?.has(party) === true)
  }
}

/** @returns nothing of what is not in that shape */
function readTold(body: Uint8Array): readonly Omit<ToldBackup, 'party'>[] {
  try {
    const reader = new Reader(body, 'health')
    const count = reader.number(1)
    if (count > MAX_TOLD) return []
    const told = Array.from({ length: count }, () => ({ wallet: bytesToHex(reader.take(32)), epoch: reader.number(4), at: reader.number(8) }))
    reader.end()
    return told
  } catch (error) {
    if (error instanceof Malformed) return []
    throw error
  }
}
