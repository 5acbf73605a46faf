/** The composition of a party as it runs in Node: what `createParty` is given. */
import { createHash, randomBytes, webcrypto } from 'node:crypto'
import { interpret, InvalidIntent } from '@trivet/chains'
import { createParty, systemClock, type Party, type Policy, type Role } from '@trivet/party'
import type { Transport } from '@trivet/party/transport'
import { createVault, type Store } from '@trivet/party/vault'
import { InputError } from '@trivet/protocol/core'
import type { Interpret } from '@trivet/protocol/intent'
import type { Log, LogFields } from './log.ts'
import packageJson from './package.json' with { type: 'json' }

export interface NodePartyOptions {
  readonly role: Role
  readonly store: Store
  readonly transport: Transport
  readonly policy: Policy
  /** How many to keep ready for each set of signers; none, if absent. */
  readonly presignatures?: number
  /** How long to wait between an export's announcement and the key; 24 h, if absent. */
  readonly exportDelayMs?: number
  readonly log: Log
}

export async function createNodeParty({ role, store, transport, policy, presignatures = 0, exportDelayMs, log }: NodePartyOptions): Promise<Party> {
  const rng = (size: number): Uint8Array => Uint8Array.from(randomBytes(size))
  const { subtle } = webcrypto
  return await createParty({
    rng, subtle, clock: systemClock, transport, policy, role, presignatures,
    ...(exportDelayMs === undefined ? {} : { exportDelayMs }),
    vault: createVault({ store, subtle, rng, clock: systemClock }),
    interpret: interpretForParty,
    build: Uint8Array.from(createHash('sha256').update(`trivet-enterprise/${packageJson.version}`).digest()),
    log: (event, fields) => log.info(definedOnly(fields), event),
  })
}

/** `chains` knows no errors but its own. */
const interpretForParty: Interpret = (intent, keys) => {
  try {
    return interpret(intent, keys)
  } catch (error) {
    if (error instanceof InvalidIntent) throw new InputError(error.field, error.message)
    throw error
  }
}

function definedOnly(fields: Readonly<Record<string, string | number | boolean | undefined>>): LogFields {
  const defined: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) defined[name] = value
  return defined
}
