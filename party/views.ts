/** What a party shows of itself. Everything here is public and can cross a message port: no share, nonce, passphrase or key is in a view. */
import type { Preview } from '@trivet/protocol/intent'
import type { Role, StepName, SuiteId } from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { WalletId } from './api.ts'

/** A snapshot of everything a screen may show. A new object at each change; unchanged parts keep their identity within the worker only. */
export interface PartyView {
  readonly connection: { readonly state: 'idle' | 'connecting' | 'connected' | 'refused' | 'offline'; readonly reason?: string }
  /** Parties whose vaults are on this device, locked or not. */
  readonly vaults: readonly VaultView[]
  /** Why nothing is unlocked any more, where it was not this page that locked it: another tab has taken over. */
  readonly lockedBy?: 'other-tab'
  /** The unlocked party. */
  readonly me?: { readonly partyId: PartyId; readonly name: string; readonly build: string }
  /** Devices that the unlocked party was paired with before, by name. */
  readonly known: readonly KnownView[]
  /** Wallets of the unlocked party. */
  readonly wallets: readonly WalletView[]
  readonly sessions: readonly SessionView[]
}

/** The cover of a vault: what may be known while it is locked. */
export interface VaultView {
  readonly partyId: PartyId
  readonly deviceName: string
  readonly wallets: readonly { readonly id: WalletId; readonly name: string; readonly threshold: number; readonly total: number }[]
  readonly unlocked: boolean
  /** Passkeys that open it beside the passphrase. Public, and not authenticated before it is open. */
  readonly passkeys: readonly { readonly credential: Uint8Array; readonly salt: Uint8Array; readonly label: string }[]
  /** After wrong passphrases: ms since epoch before which no other is looked at. */
  readonly waitUntil?: number
}

export interface KnownView {
  readonly partyId: PartyId
  readonly name: string
  readonly role: Role
  /** ms since epoch */
  readonly since: number
  /** `words`: compared by the person; `invitation`: pinned by a company's invitation; `earlier`: paired before words were compared. */
  readonly how: 'words' | 'invitation' | 'earlier'
  readonly online: boolean
}

export interface WalletView {
  readonly id: WalletId
  readonly name: string
  readonly threshold: number
  readonly createdAt: number
  /**
   * `unfinished`: voted for, certificate not yet held; no address may be shown (`protocol.md` §E.4). `restored`: from a backup file; it shows
   * the wallet and cannot sign.
   */
  readonly state: 'ready' | 'unfinished' | 'restored'
  /** ms since epoch of the last time a backup file of this epoch was read back; absent until then. */
  readonly backupProvedAt?: number
  readonly epoch: number
  readonly myIndex: number
  readonly parties: readonly PartyInWallet[]
  /** Group keys by suite; empty while unfinished. */
  readonly keys: readonly { readonly suite: SuiteId; readonly groupKey: Uint8Array; readonly chainCode: Uint8Array }[]
  /** What this device has written down of its accounts. */
  readonly accounts: readonly AccountsView[]
  /** Sets without any are left out. */
  readonly stock: readonly StockView[]
}

/** The accounts of one chain. A chain that none is told of has one, without a label. */
export interface AccountsView {
  readonly chain: string
  /** By account, from 0: as many as there are; '' for one without. */
  readonly labels: readonly string[]
}

export interface PartyInWallet {
  readonly index: number
  readonly partyId: PartyId
  readonly name: string
  readonly role: Role
  readonly me: boolean
  readonly online: boolean
  /**
   * Whether ECDSA can be signed with that party; absent for me, and in a wallet without an ECDSA key. `banned`: a safety check failed;
   * `lost`: this device stopped in the middle of one, or the two turned out to hold different things. `bans` counts the first over the
   * life of the wallet. Of all but `ready`, `repairPair` is the way back.
   */
  readonly pairing?: { readonly state: 'ready' | 'banned' | 'lost'; readonly bans: number }
}

/** Presignatures at hand for one set of signers: an approval with them takes one message instead of three rounds. */
export interface StockView {
  /** Share indices, ascending, mine among them. */
  readonly signers: readonly number[]
  readonly count: number
}

export interface SessionView {
  readonly id: SessionId
  readonly kind: 'keygen' | 'sign' | 'finish' | 'repair'
  readonly coordinator: boolean
  readonly wallet: { readonly id?: WalletId; readonly name: string; readonly threshold: number; readonly total: number }
  readonly state: SessionState
  /** Everybody who takes part, mine first in a lobby, by share index once there is a roster. */
  readonly places: readonly PlaceView[]
  readonly steps: readonly StepView[]
  /** Key generation: the words of this roster, once they are made; the same on every honest screen. */
  readonly words?: readonly string[]
  /** Signing only. */
  readonly request?: RequestView
  /** Repair only: from the moment the request is here. */
  readonly repair?: RepairView
  readonly createdAt: number
}

export type SessionState =
  /** Lobby: waiting for people to come. Coordinator only: `ready` once every place is filled. */
  | { readonly at: 'inviting'; readonly expiresAt: number; readonly ready: boolean }
  /**
   * The roster is signed; people compare words before anybody is asked to approve. `words`: coordinator, to be read out. `offered`: others,
   * three times four words of which one is right. Neither, while words are being made. `answered`: this person has.
   */
  | {
    readonly at: 'comparing'; readonly expiresAt: number; readonly answered: boolean; readonly words?: readonly string[]
    readonly offered?: readonly (readonly string[])[]; readonly triesLeft: number
  }
  /**
   * The roster or request is signed and shown; `answered` says whether I have said yes. Also of a known device that is invited by name: whether
   * it comes (`approve`, `decline`), asked before it has joined, when no place has an index yet and place 1 has the inviter's name.
   */
  | { readonly at: 'approving'; readonly expiresAt: number; readonly answered: boolean }
  | { readonly at: 'connecting' }
  /** `waitingFor`: share indices; `since`: ms since epoch when this round began. */
  | { readonly at: 'running'; readonly round: number; readonly of: number; readonly waitingFor: readonly number[]; readonly since: number }
  | { readonly at: 'done'; readonly wallet?: WalletId; readonly signatures?: readonly Uint8Array[]; readonly finishedAt: number }
  | { readonly at: 'failed'; readonly error: ErrorView }

export interface PlaceView {
  /** Position in the lobby, 1-based; place 1 is the coordinator. */
  readonly place: number
  /** Share index, once the roster is signed. */
  readonly index?: number
  readonly partyId?: PartyId
  readonly name?: string
  readonly role?: Role
  readonly me: boolean
  readonly state: 'empty' | 'joined' | 'approved' | 'declined' | 'gone'
  /** Coordinator's lobby, empty place: what to pass on. Absent once the place is filled. */
  readonly link?: string
  readonly reason?: string
  /** My link to that party. */
  readonly connection?: 'none' | 'connecting' | 'up' | 'lost'
  readonly path?: 'direct' | 'relay' | 'mailbox' | 'memory'
  /** Share indices of the parties that this party says it is connected to (the mesh as they tell it). */
  readonly linkedTo?: readonly number[]
  /** Paired with before, by this name and key. */
  readonly known?: boolean
  /** It runs another build of the same program than this device. */
  readonly otherBuild?: boolean
}


export interface StepView {
  readonly name: StepName
  readonly state: 'todo' | 'now' | 'done'
  /** Share indices heard in this step (mine included once I sent). */
  readonly heard: readonly number[]
  readonly ms?: number
}

export interface RequestView {
  readonly from: { readonly index: number; readonly name: string }
  readonly signers: readonly number[]
  readonly suite: SuiteId
  readonly intent: Uint8Array
  /** What `chains` derived from the intent on this device. */
  readonly preview: Preview
  /** Eight characters, the same on every screen that shows the same intent. */
  readonly code: string
  /** How it is signed, once that is known: with a presignature that all signers hold, or by all rounds. */
  readonly way?: 'presignature' | 'rounds'
}

/** A pair to be set up anew. */
export interface RepairView {
  /** Who asks. */
  readonly from: { readonly index: number; readonly name: string }
  /** With whom: the other one of the two than this party. */
  readonly peer: { readonly index: number; readonly name: string }
  /** How the pair stood on this device when the request came: why it may be needed. */
  readonly pairing: NonNullable<PartyInWallet['pairing']>
}

export interface ErrorView {
  readonly code: string
  /** A sentence for a person. */
  readonly sentence: string
  /** What is safe: "No key was made. Nothing was lost." */
  readonly safe: string
  /** One next step. */
  readonly next: string
  /** Share indices and names of parties shown or found to be at fault or silent. */
  readonly culprits: readonly { readonly index: number; readonly name: string }[]
  readonly details: string
  /** Signed statements that contradict each other, hex: kept on this device, to be shown to others. */
  readonly evidence?: string
}
