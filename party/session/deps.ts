/** What sessions are given. */
import type { MpcError, Rng } from '@trivet/protocol/core'
import type { Interpret } from '@trivet/protocol/intent'
import type { ErrorView } from '../views.ts'
import type { OpenChannel } from '../channel/index.ts'
import type { Clock } from '../clock.ts'
import type { Situation } from '../explain.ts'
import type { Exports } from '../export/exports.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { Identity } from '../identity/identity.ts'
import type { Health } from '../health/health.ts'
import type { KnownParties } from '../known/known-parties.ts'
import type { Log } from '../log.ts'
import type { Policy } from '../policy.ts'
import type { PresignaturePool } from '../presign/pool.ts'
import type { LinkFactory, Signalling } from '../transport/types.ts'
import type { Wallets } from '../wallets/wallets.ts'
import type { EvidenceBook } from './evidence.ts'
import type { SessionMember } from './member.ts'

export interface SessionDeps {
  readonly identity: Identity
  readonly ed25519: Ed25519
  readonly signalling: Signalling
  readonly links: LinkFactory
  /** In place of true channels: for tests of dishonest parties. */
  readonly openChannel?: OpenChannel | undefined
  readonly clock: Clock
  readonly rng: Rng
  readonly policy: Policy
  readonly interpret: Interpret
  readonly wallets: Wallets
  /** Who this party was paired with before. */
  readonly known: KnownParties
  readonly evidence: Pick<EvidenceBook, 'keep'>
  /** Keys that are announced to be taken out of their shares, or were. */
  readonly exports: Exports
  /** How long this device waits between the announcement and the key, ms. */
  readonly exportDelayMs: number
  /** What devices tell each other of their backups. */
  readonly health?: Pick<Health, 'tell' | 'heard'> | undefined
  /** Of the unlocked party, in memory alone. */
  readonly presignatures: PresignaturePool
  readonly log: Log
  /** An error as a person reads it. @param situation for what is safe; as fits the kind of session where there is none */
  explain(error: MpcError, members: readonly SessionMember[], situation?: Situation): ErrorView
  /** Something that is shown has changed. */
  changed(): void
}
