import type { MessagePort } from 'node:worker_threads'
import type { EnterpriseConfig } from './config.ts'
import type { LogOptions } from './log.ts'
import type { PolicySource } from './policy/load.ts'

/** What the main thread gives the worker at its start; nothing else reaches it but its two ports. */
export interface WorkerStart {
  readonly setup: WorkerSetup
  /** Where the party is driven. The transport is at the worker's own port. */
  readonly partyPort: MessagePort
}

export interface WorkerSetup {
  readonly dataDir: string
  /** The worker reads or makes the key itself; the main thread never holds the bytes of one that comes from a file. */
  readonly shareKey: EnterpriseConfig['shareKey']
  readonly partyName: string
  readonly partyRole: EnterpriseConfig['partyRole']
  readonly policy: PolicySource
  readonly presignatures: EnterpriseConfig['presignatures']
  readonly exportDelayHours: EnterpriseConfig['exportDelayHours']
  readonly log: LogOptions
}

/** Posted to the worker: close vault and party, then end. Everything else on that port belongs to `@trivet/party/port`. */
export const STOP = 'trivet/stop'
