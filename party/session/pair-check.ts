/** With whom this party may sign with an ECDSA key, checked before anything else (`protocol.md` §A.8, §D.6). */
import { Refused, type KeyShare, type Pid } from '@trivet/protocol/core'
import type { Interpretation } from '@trivet/protocol/intent'
import type { Pairs } from '../wallets/pairs.ts'
import type { Wallet } from '../wallets/wallet.ts'
import { nameOf } from './member.ts'

/** Signatures of one set of signers that did not verify, in a row: from here on the person is warned, then the set is blocked (`protocol.md` §D.6). */
const FAILURES_TO_WARN = 2
const MAX_FAILURES = 5

interface Signing {
  readonly wallet: Wallet
  readonly share: KeyShare
  /** Ascending. */
  readonly signers: readonly Pid[]
}

/**
 * Before anything else, whether this party may sign with all of these (`protocol.md` §A.8, §D.6).
 * @throws {Refused} E_BANNED, E_PAIR_STATE naming who it may not sign with, E_SIG_INVALID after too many failures
 */
export function checkPairs({ wallet, share, signers }: Signing, pairs: Pairs): void {
  if (share.suite !== 1) return
  const { id, members, epoch: { roster: { epoch } } } = wallet
  const states = signers.filter((pid) => pid !== share.pid).map((pid) => ({ pid, ...pairs.state(id, epoch, pid) }))
  const [not] = states.filter(({ state }) => state === 'banned').concat(states.filter(({ state }) => state === 'lost'))
  const facts = { culprits: not === undefined ? [] : [not.pid] }
  const name = nameOf(members, not?.pid ?? 0)
  if (not?.state === 'banned') throw new Refused('E_BANNED', `signing with ${name} is blocked, since a safety check with it failed; choose other devices`, facts)
  if (not?.state === 'lost') throw new Refused('E_PAIR_STATE', `this device lost what it needs to sign with ${name}; choose other devices`, facts)
  if (pairs.failures(id, epoch, signers) >= MAX_FAILURES) {
    throw new Refused('E_SIG_INVALID', `${MAX_FAILURES} signatures of these devices in a row did not verify; choose other devices`)
  }
}

/** The person is told before signing again with devices whose signatures did not verify. */
export function withWarning(interpretation: Interpretation, { wallet, share, signers }: Signing, pairs: Pairs): Interpretation {
  const failures = pairs.failures(wallet.id, wallet.epoch.roster.epoch, signers)
  if (share.suite !== 1 || failures < FAILURES_TO_WARN) return interpretation
  const { preview } = interpretation
  const text = `The last ${failures} signatures of these devices did not verify, yet one of them may have got a valid one. `
    + 'Look at the chain first, and choose other devices if you can.'
  return { ...interpretation, preview: { ...preview, warnings: [{ level: 'danger', text }, ...preview.warnings] } }
}
