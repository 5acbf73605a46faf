/**
 * What a party offers to whoever drives it (the page, the enterprise party's REST door), and what it shows of itself.
 * Everything here is public and can cross a message port: no share, nonce, passphrase or key is in a view.
 */
import type { SuiteId } from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { ImportWarning } from './import/imported-key.ts'
import type { SecretChoices } from './import/secret.ts'

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
  /**
   * Looks into a key that existed before, for `createWallet`; changes nothing, and nothing of it stays.
   * @throws InputError naming the field; of a file as in `BigXj[2]`. No secret is in the message
   */
  readImport(options: { readonly source: ImportSource }): Promise<ImportView>
  /**
   * Hands in this device's file of a wallet that is brought from files, where a session asks for it (`SessionView.imported`).
   * @throws InputError naming its field; `file` of another wallet
   */
  giveShare(options: { readonly session: SessionId; readonly file: Uint8Array }): Promise<void>
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
  /**
   * Starts a lobby in which a wallet's keys get new shares: other devices, another threshold, or only new shares (refresh). The keys and their
   * addresses stay; backups of the shares before stop working. `startKeygen` goes on, as with a new wallet.
   * @throws InputError naming what cannot be @throws Refused of a wallet that is not this device's to change
   */
  changeWallet(options: ChangeWallet): Promise<{ session: SessionId }>
  /**
   * Takes a wallet off this device that it holds no working share of (`left`, `cold`, `restored`), or whose others have gone on without it
   * (`goneOn`): then its share is erased, too. @throws InputError of any other
   */
  forgetWallet(options: { readonly wallet: WalletId }): Promise<void>
  requestSignature(options: RequestSignature): Promise<{ session: SessionId }>
  /**
   * Asks another member to set up anew what ECDSA needs between the two (`PartyInWallet.pairing`), and says yes for this party. It is
   * done when the other one's person approves too; until then the old state, where there is any, stays in use.
   * @param options.peer share index @throws InputError of a wallet that has no such pair
   */
  repairPair(options: { readonly wallet: WalletId; readonly peer: number }): Promise<{ session: SessionId }>
  /**
   * Announces that one of a wallet's keys is to be taken out of its shares, by this device, and says yes for it. The others' people approve
   * now, and once more when the key is taken: each device waits a delay of its own in between (24 h), and shows what is coming.
   * @throws InputError naming what cannot be @throws Refused E_POLICY
   */
  requestExport(options: RequestExport): Promise<{ session: SessionId }>
  /**
   * Asks for the key that was announced, and says yes for this party.
   * @throws InputError nothing is announced @throws Refused it is too early, saying how long
   */
  takeExport(options: Pick<RequestExport, 'wallet' | 'suite'>): Promise<{ session: SessionId }>
  /** Forgets what was announced, by whomever: without this device it cannot be done. The others are told where they can be reached. @throws InputError */
  cancelExport(options: Pick<RequestExport, 'wallet' | 'suite'>): Promise<void>
  /** The key that a session ended with (`ExportSessionView.hasKey`): once, and never in a view. @throws InputError there is none */
  collectExport(options: { readonly session: SessionId }): Promise<ExportedKey>
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

/** A place to fill: by who holds a link, by a company's server, or by a device that was paired with before. */
export type NewPlace = { readonly kind: 'link' } | { readonly kind: 'company'; readonly invitation: string } | { readonly kind: 'known'; readonly partyId: PartyId }

/** Other devices, or the same with new shares. */
export interface ChangeWallet {
  readonly wallet: WalletId
  /** Approvals needed afterwards. */
  readonly threshold: number
  /** Share indices of the members who stay, mine among them where I do; all of them take part. */
  readonly stay: readonly number[]
  /** Share indices of members who leave and deal once more; all of them take part. Whoever is in neither list is left out and need not be there. */
  readonly leaving: readonly number[]
  /** New members, and devices that were restored from a backup. A device that was restored itself and begins this is a new member anyway. */
  readonly places: readonly NewPlace[]
  /** Where a link leads: the page's address, without fragment. */
  readonly pageUrl: string
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
  readonly places: readonly NewPlace[]
  readonly device?: NewDevice
  /** Where a link leads: the page's address, without fragment. */
  readonly pageUrl: string
  /** Its keys are not made, but come from here. */
  readonly imported?: ImportSource
}

/** A key that existed before. Secret: it goes no further than the verb that it is given to. */
export type ImportSource =
  /** The whole key, as `readSecret` of `@trivet/party/import` reads it. */
  | {
    readonly kind: 'secret'
    readonly text: string
    readonly choices: SecretChoices
    /** Which keys of the wallet it becomes; without it all that it can become. */
    readonly suites?: readonly SuiteId[]
  }
  /** One holder's file of tss-lib; other devices give theirs. */
  | { readonly kind: 'share'; readonly file: Uint8Array }

/** What can be seen of it before anything happens. */
export interface ImportView {
  /** Which keys of the wallet it can become. */
  readonly keys: readonly { readonly suite: SuiteId; readonly groupKey: Uint8Array; readonly chainCode?: Uint8Array }[]
  /** Below the keys: where the old wallet has its first address. */
  readonly firstPath: readonly number[]
  readonly warnings: readonly ImportWarning[]
  /** Of a file: how many holders have one, and how many of them are needed. */
  readonly holders?: { readonly needed: number; readonly total: number }
}

export interface RequestSignature {
  readonly wallet: WalletId
  /** What is to be signed: an intent encoded by `chains`. */
  readonly intent: Uint8Array
  /** Share indices of the signers, mine included; exactly `threshold` of them. */
  readonly signers: readonly number[]
}

export interface RequestExport {
  readonly wallet: WalletId
  /** Of the key: one export is of one key. */
  readonly suite: SuiteId
  /** Share indices of who takes part, this device's among them; at least `threshold`. */
  readonly signers: readonly number[]
}

/** A key in one piece. */
export interface ExportedKey {
  readonly suite: SuiteId
  readonly groupKey: Uint8Array
  readonly chainCode: Uint8Array
  /** Scalar, 32 bytes, as the suite encodes it. Secret: who gets it wipes it. */
  readonly secret: Uint8Array
}

export interface LinkPreview {
  readonly kind: 'join' | 'company'
  readonly session?: SessionId
  readonly expiresAt: number
  /** Name of the company server, where it is one. */
  readonly name?: string
}
