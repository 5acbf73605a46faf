/** Who says yes or no on a party's behalf: a person (`ask`) or rules. */
import type { SuiteId } from '@trivet/protocol/core'
import type { Interpretation } from '@trivet/protocol/intent'
import type { PartyId } from '@trivet/signalling/wire'
import type { ChangeView, PartyInWallet } from './views.ts'

export type Decision =
  | { readonly answer: 'approve' }
  | { readonly answer: 'decline'; readonly rule: string; readonly reason: string }
  /** A person decides. */
  | { readonly answer: 'ask' }

export interface KeygenRequest {
  readonly walletName: string
  readonly threshold: number
  readonly total: number
  readonly suites: readonly number[]
  readonly parties: readonly { readonly name: string; readonly partyId: string; readonly role: string; readonly me: boolean }[]
  /** By an invitation of this party's own, by a link that somebody gave it, by name by a party that it knows, or started by itself. */
  readonly invitedBy: 'own-invitation' | 'link' | 'known' | 'self'
  /** Its keys existed before: whoever had them can use them without this party, for ever. Its first refresh comes with it. */
  readonly imported?: true
}

export interface SignRequest {
  readonly wallet: string
  readonly walletName: string
  readonly from: { readonly index: number; readonly name: string; readonly partyId: PartyId; readonly me: boolean }
  readonly signers: readonly number[]
  /** What is to be signed: an intent encoded by `chains`. */
  readonly intent: Uint8Array
  /** What this party derived itself from the intent. */
  readonly interpretation: Interpretation
}

/** Another member wants to set up anew what the two need for ECDSA with each other. */
export interface RepairRequest {
  readonly wallet: string
  readonly walletName: string
  /** The other one of the two, who asks. */
  readonly from: { readonly index: number; readonly name: string }
  /** How the pair stands on this device. */
  readonly pairing: NonNullable<PartyInWallet['pairing']>
  /** Whether somebody here asked for the same in the last ten minutes. */
  readonly askedHere: boolean
  /** Set-ups of this pair in a row that did not pass their checks, since this party was opened. */
  readonly failedBefore: number
}

/** A wallet's keys are to get new shares: other members, another threshold, or only new shares. */
export interface ReshareRequest {
  /** Absent where this party joins. */
  readonly wallet?: string
  readonly walletName: string
  readonly change: ChangeView
  readonly invitedBy: KeygenRequest['invitedBy'] | 'member'
}

/** A key is to leave its shares, for ever: asked when that is announced, and again when the key is taken after the delay. */
export interface ExportRequest {
  readonly wallet: string
  readonly walletName: string
  readonly suite: SuiteId
  readonly step: 'announce' | 'take'
  /** Who gets the key. */
  readonly from: SignRequest['from']
  readonly signers: readonly number[]
}

export interface Policy {
  keygen(request: KeygenRequest): Promise<Decision>
  reshare(request: ReshareRequest): Promise<Decision>
  sign(request: SignRequest): Promise<Decision>
  repair(request: RepairRequest): Promise<Decision>
  export(request: ExportRequest): Promise<Decision>
}

/** Everything is shown to a person. */
export const askPerson: Policy = {
  keygen: async () => ({ answer: 'ask' }),
  reshare: async () => ({ answer: 'ask' }),
  sign: async () => ({ answer: 'ask' }),
  repair: async () => ({ answer: 'ask' }),
  export: async () => ({ answer: 'ask' }),
}
