import type { Interpretation } from '@trivet/protocol/intent'

export type Decision =
  | { readonly answer: 'approve' }
  | { readonly answer: 'decline'; readonly rule: string; readonly reason: string }
  | { readonly answer: 'ask' }

export interface KeygenProposal {
  readonly walletName: string
  readonly threshold: number
  readonly total: number
  readonly suites: readonly number[]
  readonly parties: readonly { readonly name: string; readonly partyId: string; readonly role: string; readonly me: boolean }[]
  readonly invitedBy: 'own-invitation' | 'link' | 'self'
}

export interface SignProposal {
  readonly wallet: string
  readonly walletName: string
  readonly from: { readonly index: number; readonly name: string; readonly partyId: string; readonly me: boolean }
  readonly signers: readonly number[]
  readonly interpretation: Interpretation
}

export interface Policy {
  keygen(proposal: KeygenProposal): Promise<Decision>
  sign(request: SignProposal): Promise<Decision>
}
