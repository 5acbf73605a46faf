/** In what the three kinds of makings differ for a guest: how the coordinator's word is read, and what is safe when it fails. */
import type { Situation } from '../explain.ts'
import type { Dealt } from '../import/index.ts'
import type { Purpose } from '../pairing/proof.ts'
import type { SessionDeps } from './deps.ts'
import { readImportProposal } from './import-proposal.ts'
import { readKeygenProposal } from './keygen-proposal.ts'
import type { ExpectedInvitation, Proposal } from './proposal.ts'
import { readReshareProposal } from './reshare-reading.ts'

/** Before anything was stored, and after. */
const SITUATIONS: Readonly<Record<Purpose['kind'], readonly [Situation, Situation]>> = {
  keygen: ['keygen', 'unfinished'], reshare: ['reshare', 'changing'], import: ['import', 'unfinished'],
}

/** What is true of a making that failed. */
export function situationOf(kind: Purpose['kind'], isPrepared: boolean): Situation {
  return SITUATIONS[kind][isPrepared ? 1 : 0]
}

/** @param dealt of the file that was given here, where one was @throws {Malformed | InputError} E_CONFIG, naming what does not fit */
export function readProposal(bytes: Uint8Array, expected: ExpectedInvitation, dealt: Dealt | undefined, deps: SessionDeps): Promise<Proposal> {
  const { purpose } = expected.welcome
  if (purpose.kind === 'reshare') return readReshareProposal(bytes, expected, purpose, deps)
  return purpose.kind === 'import' ? readImportProposal(bytes, expected, purpose, dealt, deps) : readKeygenProposal(bytes, expected, deps)
}
