/** One party: its vault and identity, its wallets, the sessions it takes part in. Everything outside is injected. */
import { InputError, Refused, type Rng, type Role } from '@trivet/protocol/core'
import type { Interpret } from '@trivet/protocol/intent'
import type { PartyId } from '@trivet/signalling/wire'
import type { CreateWallet, LinkPreview, NewDevice, PartyVerbs, RequestSignature } from './api.ts'
import type { PartyView, VaultView } from './views.ts'
import { backupVerbs } from './backup/backup-verbs.ts'
import type { OpenChannel } from './channel/index.ts'
import type { Clock } from './clock.ts'
import { makeDevice, openDevice, type FirstWallets } from './device.ts'
import { exportVerbs } from './export/export-verbs.ts'
import { Home, type Unlocked } from './home.ts'
import { chooseEd25519, type Ed25519, type SigningSubtle } from './identity/ed25519.ts'
import { checkedName, MAX_NAME_BYTES, MAX_REASON_BYTES, plainText } from './identity/text.ts'
import { dealtFor, viewSource, wipeDealt } from './import/index.ts'
import { keyVerbs } from './keys/key-verbs.ts'
import { checkedPassphrase, sourceOf, wipeSource } from './keys/sources.ts'
import { readLink, type ReadLink } from './pairing/link.ts'
import type { Log } from './log.ts'
import type { PartyLock, Tenancy } from './one-writer.ts'
import { partyView, vaultViews } from './party-view.ts'
import type { Policy } from './policy.ts'
import type { Transport } from './transport/types.ts'
import type { KeySource, MainKeySource, Vault } from './vault/index.ts'
import { accountVerbs } from './wallets/account-verbs.ts'
import { walletVerbs } from './wallets/wallet-verbs.ts'

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
  /** How many presignatures to keep ready for each set of signers, at most 20: made in the background, in memory alone. None, if absent. */
  readonly presignatures?: number
  /** How long this device waits between the announcement that a key is taken out and the key, ms; 24 h, if absent. A page leaves it at that. */
  readonly exportDelayMs?: number
  /** Keeps a party from being open twice; none where the store itself belongs to one process. */
  readonly lock?: PartyLock
  /** In place of true channels: for tests of dishonest parties. */
  readonly openChannel?: OpenChannel
}

export interface Party {
  readonly verbs: PartyVerbs
  /** Calls at once with the present view, then at each change. @returns a function that stops */
  subscribe(listener: (view: PartyView) => void): () => void
  /** A party without a person: opens its one vault, or makes it at the first start. */
  openHeadless(options: { readonly name: string; readonly source: MainKeySource }): Promise<PartyId>
  /** Locks, leaves all sessions, disconnects. */
  close(): Promise<void>
}

/**
 * @example
 * const party = await createParty({
 *   rng, clock: systemClock, transport, vault, subtle: crypto.subtle, policy: askPerson, interpret, log, role: 'mobile-app', build,
 * })
 * party.subscribe((view) => { show(view) })
 * await party.verbs.createWallet({
 *   name: 'Savings', threshold: 2, places: [{ kind: 'link' }, { kind: 'link' }], device: { name: 'Laptop', passphrase }, pageUrl,
 * })
 */
export async function createParty<Key>(options: PartyOptions<Key>): Promise<Party> {
  const party = new LocalParty(options, await chooseEd25519(options.subtle))
  await party.look()
  return party
}

class LocalParty<Key> implements Party {
  readonly verbs: PartyVerbs
  readonly #options: PartyOptions<Key>
  readonly #ed25519: Ed25519
  readonly #home: Home
  readonly #listeners = new Set<(view: PartyView) => void>()
  #vaults: readonly VaultView[] = []
  #scheduled = false

  constructor(options: PartyOptions<Key>, ed25519: Ed25519) {
    this.#options = options
    this.#ed25519 = ed25519
    this.#home = new Home({ ...options, ed25519, changed: () => { this.#changed() } })
    this.verbs = {
      unlock: ({ partyId, takeOver, ...opens }) => this.#unlock(partyId, sourceOf(opens), takeOver),
      lock: () => this.#lock(),
      ...keyVerbs({ vault: options.vault, me: () => this.#open().device.identity.card.partyId, changed: () => this.look() }),
      ...backupVerbs({
        ...options, ed25519, device: () => this.#open().device, makeDevice: (device, first) => this.#make(device.name, passphraseOf(device), first),
        changed: () => { this.#changed() },
      }),
      readImport: async ({ source }) => viewSource(source),
      giveShare: async ({ session, file }) => { this.#open().desk.makings.giveShare(session, file) },
      createWallet: (wallet) => this.#createWallet(wallet),
      readLink: async (link) => previewOf(this.#readLink(link)),
      joinWallet: ({ link, device }) => this.#joinWallet(link, device),
      startKeygen: async ({ session }) => this.#open().desk.makings.start(session),
      compareWords: async ({ session, answer }) => this.#open().desk.makings.compareWords(session, answer),
      forgetKnown: async ({ partyId }) => this.#open().desk.forgetKnown(partyId),
      ...accountVerbs({ device: () => this.#open().device, changed: () => { this.#changed() } }),
      requestSignature: (request) => this.#requestSignature(request),
      repairPair: (pair) => this.#repairPair(pair),
      ...exportVerbs(() => this.#open()),
      approve: async ({ session }) => this.#open().desk.session(session).approve(),
      decline: async ({ session, reason }) => this.#open().desk.session(session).decline(plainText(reason, MAX_REASON_BYTES)),
      close: async ({ session }) => this.#open().desk.leave(session),
      changeWallet: async (change) => ({ session: await this.#open().desk.makings.changeWallet(change) }),
      ...walletVerbs({ open: () => this.#open(), changed: () => this.look() }),
      createInvitation: async ({ expiresInSeconds }) => this.#open().desk.invitations.create(expiresInSeconds),
    }
  }

  /** Which vaults there are. */
  async look(): Promise<void> {
    this.#vaults = vaultViews(await this.#options.vault.list())
    this.#changed()
  }

  subscribe(listener: (view: PartyView) => void): () => void {
    this.#listeners.add(listener)
    listener(partyView(this.#home, this.#vaults))
    return () => this.#listeners.delete(listener)
  }

  async openHeadless({ name, source }: { readonly name: string; readonly source: MainKeySource }): Promise<PartyId> {
    const [vault] = this.#vaults
    if (vault === undefined) await this.#make(name, source)
    else await this.#unlock(vault.partyId, source)
    return this.#open().device.identity.card.partyId
  }

  async close(): Promise<void> {
    await this.#home.close()
    this.#listeners.clear()
  }

  async #unlock(partyId: PartyId, source: KeySource, takeOver?: boolean): Promise<void> {
    try {
      if (this.#home.unlocked?.device.identity.card.partyId === partyId) return
      await this.#home.enter((tenancy) => openDevice(partyId, source, this.#tools(tenancy)), takeOver)
    } finally {
      wipeSource(source)
      await this.look()
    }
  }

  async #make(name: string, source: MainKeySource, first?: FirstWallets): Promise<void> {
    await this.#home.enter((tenancy) => makeDevice(checkedName(name), source, this.#tools(tenancy), first))
    await this.look()
  }

  #tools(tenancy: Tenancy): Parameters<typeof openDevice>[2] {
    return { ...this.#options, ed25519: this.#ed25519, tenancy }
  }

  async #lock(): Promise<void> {
    await this.#home.lock()
    await this.look()
  }

  /** Uses the unlocked party, or makes a new one. */
  async #deviceFor(device: NewDevice | undefined): Promise<Unlocked> {
    if (device !== undefined) {
      await this.#make(device.name, passphraseOf(device))
    }
    return this.#open()
  }

  async #createWallet({ imported, ...wallet }: CreateWallet): ReturnType<PartyVerbs['createWallet']> {
    const total = wallet.places.length + 1
    const name = checkedName(wallet.name, '')
    if (name === '' || name !== plainText(wallet.name, 2 * MAX_NAME_BYTES)) throw new InputError('name', `expected 1 to ${MAX_NAME_BYTES} bytes of text`)
    if (total < 2 || total > 16) throw new InputError('places', `expected 1 to 15 other devices, got ${wallet.places.length}`)
    if (!Number.isInteger(wallet.threshold) || wallet.threshold < 2 || wallet.threshold > total) throw new InputError('threshold', `expected 2 to ${total}, got ${wallet.threshold}`)
    // Before a new device is made for it.
    const dealt = imported === undefined ? undefined : dealtFor(imported, total)
    try {
      const { desk } = await this.#deviceFor(wallet.device)
      return { session: await desk.makings.createWallet({ ...wallet, name }, dealt) }
    } catch (error) {
      if (dealt !== undefined) wipeDealt(dealt)
      throw error
    }
  }

  /** @throws {InputError} damaged @throws {Refused} E_EXPIRED_LINK */
  #readLink(link: string): ReadLink {
    const read = readLink(link)
    const { expiresAt } = read.kind === 'join' ? read.join : read.company
    if (expiresAt < this.#options.clock.now()) throw new Refused('E_EXPIRED_LINK', 'this link has expired; ask for a new one')
    return read
  }

  async #joinWallet(link: string, device: NewDevice | undefined): ReturnType<PartyVerbs['joinWallet']> {
    const read = this.#readLink(link)
    if (read.kind !== 'join') throw new InputError('link', 'this is a company server\'s invitation; use it while creating a wallet')
    const { desk } = await this.#deviceFor(device)
    return { session: await desk.makings.join(read.join) }
  }

  async #requestSignature(request: RequestSignature): ReturnType<PartyVerbs['requestSignature']> {
    const { desk, device } = this.#open()
    return { session: await desk.requestSignature(device.wallets.get(request.wallet), request) }
  }

  async #repairPair({ wallet, peer }: Parameters<PartyVerbs['repairPair']>[0]): ReturnType<PartyVerbs['repairPair']> {
    const { desk, device } = this.#open()
    return { session: await desk.repairs.ask(device.wallets.get(wallet), peer) }
  }

  #open(): Unlocked {
    const { unlocked } = this.#home
    if (unlocked === undefined) throw new InputError('device', 'unlock a wallet first, or name a new device')
    return unlocked
  }

  /** One snapshot for all changes of a moment. */
  #changed(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      const view = partyView(this.#home, this.#vaults)
      for (const listener of this.#listeners) listener(view)
    })
  }
}

function passphraseOf({ passphrase }: NewDevice): MainKeySource {
  return { kind: 'passphrase', passphrase: checkedPassphrase(passphrase) }
}

function previewOf(read: ReadLink): LinkPreview {
  if (read.kind === 'join') return { kind: 'join', session: read.join.room, expiresAt: read.join.expiresAt }
  return { kind: 'company', expiresAt: read.company.expiresAt, name: read.company.name }
}
