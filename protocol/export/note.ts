/** An export is announced, or its announcement withdrawn: everybody says that it has noted the same. Source: `protocol.md` §F.3. */
import { requireSameContext } from '../core/approval.ts'
import { u32 } from '../core/bytes.ts'
import { InputError, type Pid } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import type { KeyShare } from '../core/key-share.ts'
import { broadcast, type Claim, type Script, type Session } from '../core/script.ts'
import { checkSigners } from '../core/signers.ts'
import { TH } from '../core/transcript.ts'
import { Noted } from './messages.ts'

export interface NoteCeremony {
  /** What all of them were asked to note, 32 bytes: `noteContext`. */
  readonly ctx: Uint8Array
  readonly threshold: number
  readonly share: Pick<KeyShare, 'suite' | 'pid' | 'verifyingShares'>
  /** S: share indices, ascending, mine among them. */
  readonly signers: readonly Pid[]
  /** How the context follows from the invitation: who noted something else is named only with it. */
  readonly contextFrom?: Claim
}

/** ctx = TH("export/note", u32 epoch, invitation), 32 bytes. @param invitation the body that was signed: it says what is noted, of which key and among whom */
export function noteContext(epoch: number, invitation: Uint8Array): Uint8Array {
  return TH('export/note', u32(epoch), invitation)
}

/**
 * Ends when everybody has said it. Whoever drives the run stores or erases before it starts, so that nobody says what is not so.
 * Departure: §F.3 has the delay inside one ceremony; a ceremony that has to live for a day would not survive a closed page.
 * @throws {InputError} E_QUORUM, E_CONFIG: before anything is sent
 */
export function* note(c: NoteCeremony): Script<object> {
  const { share: { suite, pid: me }, signers, threshold, ctx, contextFrom } = c
  checkSigners(c)
  if (ctx.length !== 32) throw new InputError('ctx', `expected 32 bytes, got ${ctx.length}`, 'E_CONFIG')
  const s: Session = { suite, shape: { group: groupOfSuite(suite), threshold }, me, parties: signers }
  const told = (yield* broadcast(s, Noted, { ctx })).with(me, { ctx })
  requireSameContext(told, ctx, { suite, message: Noted, from: contextFrom })
  return {}
}
