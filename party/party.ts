/** One party: its vault and identity, its wallets, the sessions it takes part in. Everything outside is injected. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { InputError, MpcError, Refused, type Rng, type Role } from '@trivet/protocol/core'
import type { Interpret } from '@trivet/protocol/intent'
import type { PartyId } from '@trivet/signalling/wire'
import type { CreateWallet, LinkPreview, NewDevice, PartyVerbs, PartyView, RequestSignature, SessionView, VaultView, WalletView } from './api.ts'
import type { Clock } from './clock.ts'
import { checkedName } from './identity/card.ts'
import { chooseEd25519, type SigningSubtle } from './identity/ed25519.ts'
import { readLink } from './pairing/link.ts'
import type { Policy } from './policy.ts'
import { makeDevice, openDevice, type Device } from './device.ts'
import { Desk } from './session/desk.ts'
import type { Log } from './session/deps.ts'
import type { Transport } from './transport/types.ts'
import type { KeySource, Vault } from './vault/index.ts'
import { decodeCover, type Wallet } from './wallets/wallets.ts'

export interface PartyOptions<Key = unknown> {
  readonly rng: Rng
  readonly clock: Clock
  readonly transport: Transport
  readonly vault: Vault
  readonly subtle: SigningSubtle<Key>
  readonly policy: Policy
  readonly interpret: Interpret
  readonly log: Log
  readonly role: Role
  /** SHA-256 of the running build, 32 bytes: other parties are told. */
  readonly build: Uint8Array
}

export interface Party {
  readonly verbs: PartyVerbs
  /** Calls at once with the present view, then at each change. @returns a function that stops */
  subscribe(listener: (view: PartyView) => void): () => void
  /** A party without a person: opens its one vault, or makes it at the first start. */
  openHeadless(options: { readonly name: string; readonly source: KeySource }): Promise<PartyId>
  /** Locks, leaves all sessions, disconnects. */
  close(): Promise<void>
}

/**
 * @example
 * const party = await createParty({ rng, clock: systemClock, transport, vault, subtle: crypto.subtle, policy: askPerson, interpret, log, role: 'mobile-app', build })
 * party.subscribe((view) => { show(view) })
 * await party.verbs.createWallet({ name: 'Savings', threshold: 2, places: [{ kind: 'link' }, { kind: 'link' }], device: { name: 'Laptop', passphrase }, pageUrl })
 */
export async function createParty<Key>(options: PartyOptions<Key>): Promise<Party> {
  return new LocalParty(options, await chooseEd25519(options.subtle), await options.vault.list())
}

type Ed25519 = Awaited<ReturnType<typeof chooseEd25519>>

class LocalParty<Key> implements Party {
  readonly verbs: PartyVerbs
  readonly #options: PartyOptions<Key>
  readonly #ed25519: Ed25519
  readonly #listeners = new Set<(view: PartyView) => void>()
  readonly #stopListening: () => void
  #vaults: readonly VaultView[] = []
  #connection: PartyView['connection'] = { state: 'idle' }
  #device: Device | undefined
  #desk: Desk | undefined
  #online: ReadonlySet<PartyId> = new Set()
  #scheduled = false

  constructor(options: PartyOptions<Key>, ed25519: Ed25519, vaults: Awaited<ReturnType<Vault['list']>>) {
    this.#options = options
    this.#ed25519 = ed25519
    this.#vaults = vaultViews(vaults)
    this.#stopListening = options.transport.signalling.listen((event) => {
      if (event.kind === 'connection') this.#connection = { state: event.state, ...(event.reason === undefined ? {} : { reason: event.reason }) }
      else if (event.kind === 'presence') this.#online = toggled(this.#online, event.party, event.online)
      this.#desk?.on(event)
      this.#changed()
    })
    this.verbs = {
      unlock: ({ partyId, passphrase }) => this.#unlock(partyId, { kind: 'passphrase', passphrase }),
      lock: () => this.#lock(),
      createWallet: (wallet) => this.#createWallet(wallet),
      readLink: (link) => this.#readLink(link),
      joinWallet: ({ link, device }) => this.#joinWallet(link, device),
      startKeygen: ({ session }) => this.#open().startKeygen(session),
      requestSignature: (request) => this.#requestSignature(request),
      approve: ({ session }) => this.#open().session(session).approve(),
      decline: ({ session, reason }) => this.#open().session(session).decline(reason.slice(0, 200)),
      close: ({ session }) => this.#open().leave(session),
      finishWallet: ({ wallet }) => this.#finishWallet(wallet),
      createInvitation: ({ expiresInSeconds }) => this.#open().invitations.create(expiresInSeconds),
    }
  }

  subscribe(listener: (view: PartyView) => void): () => void {
    this.#listeners.add(listener)
    listener(this.#view())
    return () => this.#listeners.delete(listener)
  }

  async openHeadless({ name, source }: { readonly name: string; readonly source: KeySource }): Promise<PartyId> {
    const [vault] = this.#vaults
    if (vault === undefined) await this.#make({ name, source })
    else await this.#unlock(vault.partyId, source)
    return this.#unlocked().identity.card.partyId
  }

  async close(): Promise<void> {
    await this.#lock()
    this.#stopListening()
    this.#options.transport.signalling.close()
    this.#listeners.clear()
  }

  async #unlock(partyId: PartyId, source: KeySource): Promise<void> {
    if (this.#device?.identity.card.partyId === partyId) return
    await this.#lock()
    await this.#enter(await openDevice(partyId, source, { ...this.#options, ed25519: this.#ed25519 }))
  }

  async #make({ name, source }: { readonly name: string; readonly source: KeySource }): Promise<void> {
    await this.#lock()
    await this.#enter(await makeDevice(checkedName(name), source, { ...this.#options, ed25519: this.#ed25519 }))
  }

  /** Uses the unlocked party, or makes a new one. */
  async #deviceFor(device: NewDevice | undefined): Promise<void> {
    if (device === undefined) {
      this.#unlocked()
      return
    }
    if (device.passphrase.length < MIN_PASSPHRASE) throw new InputError('passphrase', `expected at least ${MIN_PASSPHRASE} characters`)
    await this.#make({ name: device.name, source: { kind: 'passphrase', passphrase: device.passphrase } })
  }

  async #enter(device: Device): Promise<void> {
    this.#device = device
    this.#desk = new Desk({
      ...this.#options, identity: device.identity, ed25519: this.#ed25519, wallets: device.wallets, vault: device.vault,
      signalling: this.#options.transport.signalling, links: this.#options.transport.links, changed: () => { this.#changed() },
    })
    this.#vaults = vaultViews(await this.#options.vault.list())
    this.#changed()
    // A vault opens also while the server is away; what needs the server says so by itself.
    await this.#connect(device).catch((error: unknown) => {
      this.#options.log('connecting failed', { code: error instanceof MpcError ? error.code : 'E_BUG' })
    })
  }

  async #connect({ identity, wallets }: Device): Promise<void> {
    const { signalling } = this.#options.transport
    await signalling.connect({ publicKey: identity.card.identityKey, sign: (message) => identity.sign(message) })
    await this.#watch()
    for (const { id, certificate } of wallets.list()) if (certificate === undefined) await this.#finishWallet(id)
  }

  async #watch(): Promise<void> {
    const me = this.#unlocked().identity.card.partyId
    const others = this.#unlocked().wallets.list().flatMap(({ members }) => members.map(({ card }) => card.partyId)).filter((party) => party !== me)
    this.#online = new Set(await this.#options.transport.signalling.watch([...new Set(others)]))
    this.#changed()
  }

  async #lock(): Promise<void> {
    const [device, desk] = [this.#device, this.#desk]
    if (device === undefined) return
    this.#device = undefined
    this.#desk = undefined
    await desk?.close()
    device.wallets.wipe()
    device.vault.lock()
    this.#options.transport.signalling.close()
    this.#connection = { state: 'idle' }
    this.#online = new Set()
    this.#vaults = vaultViews(await this.#options.vault.list())
    this.#changed()
  }

  async #createWallet(wallet: CreateWallet): ReturnType<PartyVerbs['createWallet']> {
    const total = wallet.places.length + 1
    if (wallet.name.trim() === '' || wallet.name.length > 64) throw new InputError('name', 'expected 1 to 64 characters')
    if (total < 2 || total > 16) throw new InputError('places', `expected 1 to 15 other devices, got ${wallet.places.length}`)
    if (!Number.isInteger(wallet.threshold) || wallet.threshold < 2 || wallet.threshold > total) throw new InputError('threshold', `expected 2 to ${total}, got ${wallet.threshold}`)
    await this.#deviceFor(wallet.device)
    return { session: await this.#open().createWallet({ ...wallet, name: checkedName(wallet.name) }) }
  }

  async #readLink(link: string): Promise<LinkPreview> {
    const read = readLink(link)
    const { expiresAt } = read.kind === 'join' ? read.join : read.company
    if (expiresAt < this.#options.clock.now()) throw new Refused('E_EXPIRED_LINK', 'this link has expired; ask for a new one')
    return read.kind === 'join' ? { kind: 'join', session: read.join.room, expiresAt } : { kind: 'company', expiresAt, name: read.company.name }
  }

  async #joinWallet(link: string, device: NewDevice | undefined): ReturnType<PartyVerbs['joinWallet']> {
    await this.#readLink(link)
    const read = readLink(link)
    if (read.kind !== 'join') throw new InputError('link', 'this is a company server\'s invitation; use it while creating a wallet')
    await this.#deviceFor(device)
    return { session: await this.#open().join(read.join) }
  }

  async #requestSignature(request: RequestSignature): ReturnType<PartyVerbs['requestSignature']> {
    return { session: await this.#open().requestSignature(this.#unlocked().wallets.get(request.wallet), request) }
  }

  async #finishWallet(id: string): Promise<void> {
    await this.#open().finish(this.#unlocked().wallets.get(id))
  }

  #unlocked(): Device {
    if (this.#device === undefined) throw new InputError('device', 'unlock a wallet first, or name a new device')
    return this.#device
  }

  #open(): Desk {
    if (this.#desk === undefined) throw new InputError('device', 'unlock a wallet first')
    return this.#desk
  }

  /** One snapshot for all changes of a moment. */
  #changed(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      const view = this.#view()
      if (this.#desk?.watchAgain(view.wallets.length) === true) this.#watch().catch(() => undefined) // repeated at the next connection
      for (const listener of this.#listeners) listener(view)
    })
  }

  #view(): PartyView {
    const card = this.#device?.identity.card
    return {
      connection: this.#connection,
      vaults: this.#vaults.map((vault) => ({ ...vault, unlocked: vault.partyId === card?.partyId })),
      ...(card === undefined ? {} : { me: { partyId: card.partyId, name: card.name, build: bytesToHex(card.build) } }),
      wallets: this.#device?.wallets.list().map((wallet) => this.#walletView(wallet)) ?? [],
      sessions: this.#desk?.views() ?? [] satisfies readonly SessionView[],
    }
  }

  #walletView({ id, name, epoch, createdAt, members, certificate }: Wallet): WalletView {
    const me = this.#unlocked().identity.card.partyId
    const ready = certificate !== undefined
    return {
      id, name, threshold: epoch.roster.threshold, createdAt, state: ready ? 'ready' : 'unfinished', epoch: epoch.roster.epoch,
      myIndex: epoch.keys[0]?.pid ?? 0,
      parties: members.map(({ pid, card }) => ({
        index: pid, partyId: card.partyId, name: card.name, role: card.role, me: card.partyId === me,
        online: card.partyId === me ? this.#connection.state === 'connected' : this.#online.has(card.partyId),
      })),
      keys: ready ? epoch.keys.map(({ suite, groupKey, chainCode }) => ({ suite, groupKey, chainCode })) : [],
    }
  }
}

const MIN_PASSPHRASE = 10

function vaultViews(entries: Awaited<ReturnType<Vault['list']>>): readonly VaultView[] {
  return entries.map(({ partyId, cover }) => {
    const { deviceName, wallets } = decodeCover(cover) ?? { deviceName: 'damaged', wallets: [] }
    return { partyId, deviceName, wallets, unlocked: false }
  })
}

function toggled(set: ReadonlySet<PartyId>, party: PartyId, present: boolean): ReadonlySet<PartyId> {
  const copy = new Set(set)
  if (present) copy.add(party)
  else copy.delete(party)
  return copy
}

