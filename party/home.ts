/** Where the unlocked party lives: its device and desk, its line to the introduction server, who of its wallets' members is online. */
import { MpcError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { PartyView } from './views.ts'
import { atMost } from './clock.ts'
import type { Device } from './device.ts'
import { EXPORT_DELAY_MS } from './export/announcement.ts'
import { Health } from './health/health.ts'
import { partyIdOfCard } from './identity/card.ts'
import { Desk, type DeskOptions } from './session/desk.ts'
import { openElsewhere, Tenancy, type PartyLock } from './one-writer.ts'
import type { SignallingEvent, Transport } from './transport/types.ts'
import type { Wallet } from './wallets/wallet.ts'

/** How long locking waits for the introduction server to hear that sessions were left. Keys are gone before. */
const FAREWELL_MS = 2_000

export interface HomeOptions extends Pick<DeskOptions, 'ed25519' | 'clock' | 'rng' | 'policy' | 'interpret' | 'log' | 'openChannel'> {
  readonly transport: Transport
  readonly lock?: PartyLock | undefined
  /** Something that is shown has changed. */
  readonly changed: () => void
  /** How many presignatures to keep ready for each set of signers; none, if absent. */
  readonly presignatures?: number
  /** How long to wait between an export's announcement and the key, ms; 24 h, if absent. */
  readonly exportDelayMs?: number
}

export interface Unlocked {
  readonly device: Device
  readonly desk: Desk
  readonly tenancy: Tenancy
  readonly health: Health
}

export class Home {
  readonly #options: HomeOptions
  readonly #stopListening: () => void
  #unlocked: Unlocked | undefined
  #lockedBy: PartyView['lockedBy']
  #connection: PartyView['connection'] = { state: 'idle' }
  #online: ReadonlySet<PartyId> = new Set()
  #watched = ''
  #firstWord: (() => void) | undefined
  #leaving: Promise<void> = Promise.resolve()
  #tail: Promise<unknown> = Promise.resolve()

  constructor(options: HomeOptions) {
    this.#options = options
    this.#stopListening = options.transport.signalling.listen((event) => { this.#heard(event) })
  }

  get unlocked(): Unlocked | undefined {
    return this.#unlocked
  }

  /** Why nothing is unlocked any more. */
  get lockedBy(): PartyView['lockedBy'] {
    return this.#lockedBy
  }

  get connection(): PartyView['connection'] {
    return this.#connection
  }

  /** Members of this party's wallets that are connected. */
  get online(): ReadonlySet<PartyId> {
    return this.#online
  }

  /**
   * Opens a party; only when that went well is the one before locked. A vault opens also while the server is away.
   * @param takeOver from another tab @throws {Refused} E_BUSY: it is open in another tab
   */
  async enter(open: (tenancy: Tenancy) => Promise<Device>, takeOver = false): Promise<void> {
    await this.#exclusive(async () => {
      const tenancy = new Tenancy(this.#options.lock, takeOver, () => { this.#takenOver(tenancy) })
      try {
        const device = await open(tenancy)
        await this.#leave()
        await this.#settle(device, tenancy)
      } catch (error) {
        tenancy.end()
        throw error
      }
    })
  }

  /** Keys go at once, whatever is running. */
  async lock(): Promise<void> {
    await this.#exclusive(() => this.#leave())
  }

  async close(): Promise<void> {
    await this.lock()
    this.#stopListening()
    this.#options.transport.signalling.close()
  }

  /** Not in turn: another tab holds this party from now on. */
  #takenOver(tenancy: Tenancy): void {
    if (this.#unlocked?.tenancy !== tenancy) return
    this.#lockedBy = 'other-tab'
    this.#leave().catch((error: unknown) => {
      this.#options.log('leaving failed', { code: error instanceof MpcError ? error.code : 'E_BUG' })
    })
  }

  async #settle(device: Device, tenancy: Tenancy): Promise<void> {
    const health = await Health.open({
      ...this.#options, ...device, me: device.identity.card.partyId, wallets: () => membersKnown(device),
    }).catch((error: unknown) => {
      close(device)
      throw error
    })
    if (tenancy.isLost) {
      close(device)
      throw openElsewhere()
    }
    const { transport: { signalling, links }, log, changed } = this.#options
    const { identity, wallets, vault, known, exports } = device
    const desk = new Desk({
      ...this.#options, identity, wallets, vault, known, exports, health, signalling, links, exportDelayMs: this.#options.exportDelayMs ?? EXPORT_DELAY_MS,
      presignatureTarget: this.#options.presignatures ?? 0, isOnline: (party) => this.#online.has(party),
      changed: () => {
        this.#watch()
        desk.presigner.changed()
        desk.catchUp.changed()
        desk.firstRefresh.look()
        changed()
      },
    })
    this.#unlocked = { device, desk, tenancy, health }
    this.#lockedBy = undefined
    changed()
    const firstWord = new Promise<void>((resolve) => { this.#firstWord = resolve })
    const connected = signalling.connect({ publicKey: identity.card.identityKey, sign: (message) => identity.sign(message) }).catch((error: unknown) => {
      log('connecting failed', { code: error instanceof MpcError ? error.code : 'E_BUG' })
    })
    await Promise.race([connected, firstWord])
  }

  /** Keys are gone when this returns; its promise is for the introduction server to hear that sessions were left. */
  #leave(): Promise<void> {
    const before = this.#unlocked
    if (before === undefined) return this.#leaving
    this.#unlocked = undefined
    const { device, desk, tenancy, health } = before
    const farewell = desk.close()
    health.close()
    close(device)
    tenancy.end()
    this.#options.changed()
    this.#leaving = this.#takeLeave(device, farewell)
    return this.#leaving
  }

  async #takeLeave({ identity }: Device, farewell: Promise<void>): Promise<void> {
    const { transport, clock, changed } = this.#options
    await atMost(clock, FAREWELL_MS, farewell)
    identity.forget()
    transport.signalling.close()
    this.#connection = { state: 'idle' }
    this.#online = new Set()
    this.#watched = ''
    changed()
  }

  #heard(event: SignallingEvent): void {
    if (event.kind === 'connection') {
      this.#connection = { state: event.state, ...(event.reason === undefined ? {} : { reason: event.reason }) }
      if (event.state === 'offline' || event.state === 'refused') this.#firstWord?.()
      this.#watched = ''
      // Nobody is seen from here; who is there is asked for again.
      if (event.state !== 'connected') this.#unlocked?.health.sees([])
      // The client tells of its line before it takes calls on it.
      if (event.state === 'connected') queueMicrotask(() => { this.#watch() })
    }
    if (event.kind === 'presence') {
      const others = [...this.#online].filter((party) => party !== event.party)
      this.#online = new Set(event.online ? [...others, event.party] : others)
      this.#unlocked?.health.saw(event.party, event.online)
    }
    this.#unlocked?.desk.on(event)
    this.#unlocked?.desk.presigner.changed()
    if (event.kind === 'presence') {
      this.#unlocked?.desk.catchUp.look()
      this.#unlocked?.desk.firstRefresh.look()
    }
    this.#options.changed()
  }

  /** Who of the wallets' members comes and goes; asked for again with each new wallet and each new line. */
  #watch(): void {
    const unlocked = this.#unlocked
    if (unlocked === undefined || this.#connection.state !== 'connected') return
    const me = unlocked.device.identity.card.partyId
    const others = [...new Set(watchedBy(unlocked.device))].filter((party) => party !== me).toSorted()
    if (others.join() === this.#watched) return
    this.#watched = others.join()
    this.#options.transport.signalling.watch(others).then((online) => {
      if (this.#unlocked !== unlocked) return
      this.#online = new Set(online)
      unlocked.health.sees(online)
      unlocked.desk.presigner.changed()
      unlocked.desk.catchUp.look()
      unlocked.desk.firstRefresh.look()
      this.#options.changed()
    }).catch(() => { this.#watched = '' }) // asked again at the next change or connection
  }

  /** One coming and going at a time. */
  #exclusive(work: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(work)
    this.#tail = done.catch(() => undefined)
    return done
  }
}

/** Of whose members this party wants to know who is there. */
function membersKnown({ wallets }: Device): readonly Wallet[] {
  return [...wallets.list(), ...wallets.restored.list()]
}

/** Members, also those of an epoch that does not count yet, and former ones who may still have to be told, or have the certificate. */
function watchedBy(device: Device): readonly PartyId[] {
  const { wallets } = device
  const waiting = [...membersKnown(device), ...wallets.shareless()].flatMap(({ id }) => wallets.prepared(id))
  return [
    ...[...membersKnown(device), ...waiting].flatMap(({ members }) => members.map(({ card }) => card.partyId)),
    ...[...wallets.list(), ...waiting].flatMap(({ descent }) => descent.former.map(({ card }) => partyIdOfCard(card))),
    ...membersKnown(device).flatMap(({ id }) => wallets.met(id).map(({ card }) => card.partyId)),
    ...wallets.shareless().flatMap(({ met }) => met.map(({ card }) => card.partyId)),
  ]
}

/** Its keys are gone from memory, and nothing more is written. */
function close({ wallets, vault }: Device): void {
  wallets.wipe()
  vault.lock()
}
