/** The composition of a party as it runs in Node: what `createParty` is given, and which vault it opens. */
import { createHash, randomBytes, webcrypto } from 'node:crypto'
import { interpret, InvalidIntent } from '@trivet/chains'
import { createParty, systemClock, type Policy, type Role } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'
import type { Transport } from '@trivet/party/transport'
import { createVault, type Store } from '@trivet/party/vault'
import { InputError } from '@trivet/protocol/core'
import type { Interpret } from '@trivet/protocol/intent'
import type { Log, LogFields } from './log.ts'
import packageJson from './package.json' with { type: 'json' }

export interface PartyOptions {
  readonly name: string
  readonly role: Role
  /** 32 bytes that seal the vault; wiped here. */
  readonly key: Uint8Array
  readonly store: Store
  readonly transport: Transport
  readonly policy: Policy
  readonly log: Log
}

/**
 * Opens the one party of this store, or makes it at the first start; signalling connects by itself from then on.
 * @throws VaultError when the key is not the vault's, or the vault is damaged
 */
export async function openParty({ name, role, key, store, transport, policy, log }: PartyOptions): Promise<DrivenParty> {
  const rng = (size: number): Uint8Array => Uint8Array.from(randomBytes(size))
  const party = createParty({
    rng, clock: systemClock, transport, policy, role,
    vault: createVault({ store, subtle: webcrypto.subtle, rng }),
    interpret: interpretForParty,
    build: Uint8Array.from(createHash('sha256').update(`trivet-enterprise/${packageJson.version}`).digest()),
    log: (event, fields) => log.info(definedOnly(fields), event),
  })
  try {
    await party.open({ name, source: { kind: 'raw', key } })
  } finally {
    key.fill(0)
  }
  return party
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
