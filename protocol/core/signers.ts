/** Who takes part for a key: at least t distinct members, me among them. Source: `protocol.md` §D.1, §F.3. */
import { InputError, type Pid } from './errors.ts'
import type { KeyShare } from './key-share.ts'

/** @param signers share indices @throws {InputError} E_QUORUM, E_CONFIG, before anything is sent */
export function checkSigners({ signers, share, threshold }: {
  readonly signers: readonly Pid[]
  readonly share: Pick<KeyShare, 'pid' | 'verifyingShares'>
  readonly threshold: number
}): void {
  if (signers.length < threshold) throw new InputError('signers', `expected ${threshold}, got ${signers.length}`, 'E_QUORUM')
  const members = new Set(share.verifyingShares.map(({ pid }) => pid))
  for (const [i, pid] of signers.entries()) {
    if (!members.has(pid)) throw new InputError('signers', `party ${pid} is no member`, 'E_CONFIG')
    if (pid <= (signers[i - 1] ?? 0)) throw new InputError('signers', 'expected distinct share indices in ascending order', 'E_CONFIG')
  }
  if (!signers.includes(share.pid)) throw new InputError('signers', 'this party is not among them', 'E_CONFIG')
}
