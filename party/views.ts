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
   * the wallet and cannot sign. `left`: the wallet has moved on without this device, whose share is erased. `cold`: this device is a member,
   * and its share is lost; the others can give it a new one.
   */
  readonly state: 'ready' | 'unfinished' | 'restored' | 'left' | 'cold'
  /** Of a wallet that this device holds a share of, or held: a change of devices was voted for, and its last confirmation is missing here. */
  readonly changing?: true
  /** `ready`, `restored`: members of this epoch (`by`, share indices, enough to sign) have shown that they made a later one without this device. */
  readonly goneOn?: { readonly epoch: number; readonly by: readonly number[] }
  /** `left`, and what was here came out of a backup file: of a state before the devices changed. */
  readonly wasRestored?: true
  /** `imported`: somebody held the whole key before, and may still. */
  readonly origin: 'made' | 'imported'
  /** Of the first account, below the group keys; empty but where an imported key had it elsewhere. */
  readonly firstPath: readonly number[]
  /** An imported key whose first refresh is still to come: until then the device that brought it could have kept all shares. It begins when all are there. */
  readonly awaitsRefresh?: true
  /** ms since epoch: when the shares of this epoch were stored here; `left` and `cold`: when this device's share was erased. */
  readonly sharesMadeAt: number
  /** ms since epoch; from then on the key counts as being in one place. */
  readonly exportedAt?: number
  /** ms since epoch of the last time a backup file of this epoch was read back; absent until then. */
  readonly backupProvedAt?: number
  readonly epoch: number
  readonly myIndex: number
  readonly parties: readonly PartyInWallet[]
  /** Group keys by suite; empty while unfinished. */
  readonly keys: readonly { readonly suite: SuiteId; readonly groupKey: Uint8Array; readonly chainCode: Uint8Array }[]
  /** Keys that are announced to be taken out of their shares: by suite. */
  readonly exports: readonly PendingExportView[]
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
  /** ms since epoch: when it was last connected, as far as this device saw. Absent for me, and where that was never. */
  readonly lastSeenAt?: number
  /** ms since epoch: when its backup of the shares of this epoch was last read back, as it says itself. */
  readonly backupProvedAt?: number
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
  readonly kind: 'keygen' | 'reshare' | 'import' | 'sign' | 'finish' | 'repair' | 'export'
  readonly coordinator: boolean
  readonly wallet: { readonly id?: WalletId; readonly name: string; readonly threshold: number; readonly total: number }
  readonly state: SessionState
  /** Everybody who takes part, mine first in a lobby, by share index once there is a roster. */
  readonly places: readonly PlaceView[]
  readonly steps: readonly StepView[]
  /** Key generation: the words of this roster, once they are made; the same on every honest screen. */
  readonly words?: readonly string[]
  /** Import only. */
  readonly imported?: ImportedView
  /** Reshare only: what changes. A guest without a wallet learns it with the roster. */
  readonly change?: ChangeView
  /** Signing only. */
  readonly request?: RequestView
  /** Repair only: from the moment the request is here. */
  readonly repair?: RepairView
  /** Export only: from the moment the request is here. */
  readonly export?: ExportSessionView
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
  /** Coordinator of an import from files: it has given the one of its holder. */
  readonly gaveFile?: boolean
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

/** A key that existed before comes into a new wallet. */
export interface ImportedView {
  /** `secret`: one device has the whole key. `shares`: files of another threshold wallet, on several devices. */
  readonly from: 'secret' | 'shares'
  /** Of files: how many devices have to give one, and whether this one has. */
  readonly files?: { readonly needed: number; readonly mine: boolean }
}

/** Who holds a wallet before and after. */
export interface ChangeView {
  readonly from: { readonly threshold: number; readonly total: number }
  readonly to: { readonly threshold: number; readonly total: number }
  /** Nobody comes or goes, and as many approvals are needed: only the shares are new. */
  readonly isRefresh: boolean
  /** Old members first, by share index; then who comes, by place. */
  readonly parties: readonly ChangedParty[]
}

export interface ChangedParty {
  readonly name: string
  readonly role: Role
  readonly me: boolean
  /**
   * `stays`; `leaves`: takes part once more; `dropped`: is not asked, and its share will be worth nothing; `joins`; `returns`: joins, and
   * brings what a backup of a former place holds.
   */
  readonly what: 'stays' | 'leaves' | 'dropped' | 'joins' | 'returns'
  /** Of who returns: whose place it was. */
  readonly instead?: string
}

/** A key that is announced to be taken out of its shares. Times are ms since epoch, by this device's clock. */
export interface PendingExportView {
  readonly suite: SuiteId
  /** Who announced it, and gets the key. */
  readonly from: { readonly index: number; readonly name: string }
  readonly mine: boolean
  /** Whose approval it takes, share indices. */
  readonly signers: readonly number[]
  readonly announcedAt: number
  /** From when until when it can be taken. */
  readonly earliestAt: number
  readonly latestAt: number
}

/** A meeting about such a key. */
export interface ExportSessionView {
  /** `announce`: the delay begins; `take`: it is over, and the key leaves. */
  readonly step: 'announce' | 'take'
  readonly suite: SuiteId
  /** Who gets the key. */
  readonly from: { readonly index: number; readonly name: string }
  readonly signers: readonly number[]
  /** How long this device waits between the two, ms. */
  readonly delayMs: number
  /** ms since epoch, by this device's clock; absent before it is announced. */
  readonly announcedAt?: number
  /** The key is here, until `collectExport` fetches it. */
  readonly hasKey?: true
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
