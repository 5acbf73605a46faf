/**
 * What a party offers to whoever drives it (the page, the enterprise party's REST door), and what it shows of itself.
 * Everything here is public and can cross a message port: no share, nonce, passphrase or key is in a view.
 */
import type { PartyId, SessionId } from '@trivet/signalling/wire'

/** Hex, 32 bytes: the `instance` of the key generation that made the wallet. */
export type WalletId = string

export interface PartyVerbs {
  /**
   * Opens the vault of a party known on this device. A party is open in one place at a time.
   * @param options.takeOver locks it elsewhere, once the passphrase has turned out right
   * @throws VaultError (wrong passphrase, damaged), Refused E_BUSY (open in another tab)
   */
  unlock(options: { readonly partyId: PartyId; readonly takeOver?: boolean } & OpenWith): Promise<void>
  lock(): Promise<void>
  /** Wraps the data key of the unlocked party anew; no record is sealed again. @param options.now what opens it now @throws VaultError E_PASSPHRASE */
  changePassphrase(options: { readonly now: OpenWith; readonly passphrase: string }): Promise<void>
  /** A second way in, beside the passphrase. At most 8. @throws VaultError E_PASSPHRASE */
  addPasskey(options: { readonly now: OpenWith; readonly passkey: NewPasskey }): Promise<void>
  removePasskey(options: { readonly credential: Uint8Array }): Promise<void>
  /** A backup file of this device's part of a wallet; it counts once `proveBackup` has read it back. @throws InputError passphrase too short */
  makeBackup(options: { readonly wallet: WalletId; readonly passphrase: string }): Promise<{ readonly fileName: string; readonly file: Uint8Array }>
  /** Opens a backup file as it was saved and compares it with the vault. @throws VaultError E_PASSPHRASE, E_DAMAGED, E_STALE; InputError another wallet's */
  proveBackup(options: { readonly wallet: WalletId; readonly file: Uint8Array; readonly passphrase: string }): Promise<void>
  /** Looks into a backup file; changes nothing. @throws VaultError E_PASSPHRASE, E_DAMAGED */
  readBackup(options: { readonly file: Uint8Array; readonly passphrase: string }): Promise<BackupView>
  /**
   * Makes a new party on this device that holds what the file holds: it can show the wallet, not sign (`security.md` §3).
   * @throws VaultError E_PASSPHRASE, E_DAMAGED, E_STALE (this device knows a later state of the wallet)
   */
  restoreBackup(options: { readonly file: Uint8Array; readonly passphrase: string; readonly device: NewDevice }): Promise<{ readonly wallet: WalletId }>
  /** Starts a lobby for a new wallet. `device` makes a new party; without it the unlocked one is used. */
  createWallet(options: CreateWallet): Promise<{ session: SessionId }>
  /** Reads a link without acting on it. @throws InputError (damaged), Refused (expired) */
  readLink(link: string): Promise<LinkPreview>
  joinWallet(options: { link: string; device?: NewDevice }): Promise<{ session: SessionId }>
  /** Coordinator, all places filled: signs the roster and sends it to everybody. Approves it for this party where no words need comparing. */
  startKeygen(options: { session: SessionId }): Promise<void>
  /**
   * What the person says of the words (`comparing`). Coordinator: `same` also approves. Others: the words that the inviter's screen shows, as
   * one of those offered; the third wrong choice ends the session. `differ` ends it for everybody.
   * @returns whether that was right
   */
  compareWords(options: { readonly session: SessionId; readonly answer: 'same' | 'differ' | readonly string[] }): Promise<boolean>
  /** Forgets a device that was paired with: next time it is a stranger. */
  forgetKnown(options: { readonly partyId: PartyId }): Promise<void>
  /**
   * The next account of a chain of a wallet, on this device alone.
   * @param options.chain what the lists are told apart by: 1 to 16 small letters and digits @throws InputError there are 100
   */
  addAccount(options: { readonly wallet: WalletId; readonly chain: string }): Promise<{ readonly index: number }>
  /** What this device calls an account. @param options.label at most 64 bytes; empty takes the old one away @throws InputError no such account */
  labelAccount(options: { readonly wallet: WalletId; readonly chain: string; readonly index: number; readonly label: string }): Promise<void>
  requestSignature(options: RequestSignature): Promise<{ session: SessionId }>
  /**
   * Asks another member to set up anew what ECDSA needs between the two (`PartyInWallet.pairing`), and says yes for this party. It is
   * done when the other one's person approves too; until then the old state, where there is any, stays in use.
   * @param options.peer share index @throws InputError of a wallet that has no such pair
   */
  repairPair(options: { readonly wallet: WalletId; readonly peer: number }): Promise<{ session: SessionId }>
  approve(options: { session: SessionId }): Promise<void>
  decline(options: { session: SessionId; reason: string }): Promise<void>
  /** Leaves or ends a session; also forgets a finished one in the view. */
  close(options: { session: SessionId }): Promise<void>
  /** Brings a wallet whose last confirmation is missing to its end, with whoever is online. */
  finishWallet(options: { wallet: WalletId }): Promise<void>
  /**
   * Makes a one-time invitation of this party, for the `company` place of somebody else's wallet: kept in the vault until it is
   * used or expires. @returns text that goes into a link's fragment, and holds a 128-bit secret that the server never sees
   */
  createInvitation(options: { readonly expiresInSeconds: number }): Promise<{ readonly invitation: string }>
}

/** What opens a vault. `secret`: the passkey's PRF output for its salt, 32 bytes. */
export type OpenWith =
  | { readonly passphrase: string }
  | { readonly passkey: { readonly credential: Uint8Array; readonly secret: Uint8Array } }

/** A passkey as WebAuthn made it. */
export interface NewPasskey {
  /** Raw credential id, at most 1,023 bytes. */
  readonly credential: Uint8Array
  /** What the PRF is evaluated at, 32 random bytes. */
  readonly salt: Uint8Array
  /** Its PRF output, 32 bytes. */
  readonly secret: Uint8Array
  /** For the person, 1 to 64 bytes of text. */
  readonly label: string
}

/** What is in a backup file. */
export interface BackupView {
  readonly wallet: { readonly id: WalletId; readonly name: string; readonly threshold: number; readonly total: number }
  readonly deviceName: string
  readonly partyId: PartyId
  readonly index: number
  readonly epoch: number
  readonly madeAt: number
  /** Whether this device holds the same wallet, and how its state compares with the file's. */
  readonly here?: 'same' | 'later' | 'earlier'
}

export interface NewDevice { readonly name: string; readonly passphrase: string }

export interface CreateWallet {
  readonly name: string
  readonly threshold: number
  /** The other parties, in any order; the wallet has `places.length + 1` parties. */
  readonly places: readonly ({ readonly kind: 'link' } | { readonly kind: 'company'; readonly invitation: string } | { readonly kind: 'known'; readonly partyId: PartyId })[]
  readonly device?: NewDevice
  /** Where a link leads: the page's address, without fragment. */
  readonly pageUrl: string
}

export interface RequestSignature {
  readonly wallet: WalletId
  /** What is to be signed: an intent encoded by `chains`. */
  readonly intent: Uint8Array
  /** Share indices of the signers, mine included; exactly `threshold` of them. */
  readonly signers: readonly number[]
}

export interface LinkPreview {
  readonly kind: 'join' | 'company'
  readonly session?: SessionId
  readonly expiresAt: number
  /** Name of the company server, where it is one. */
  readonly name?: string
}
