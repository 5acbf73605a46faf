/**
 * The table of everything that can be signed. The next chain is a folder beside `bitcoin/`, `ethereum/` and `solana/`, a number in
 * `envelope.ts` and a line here.
 */
import { bitcoinPsbt, bitcoinPsbtAtPaths } from './bitcoin/kind.ts'
import { KIND_BYTES, open } from './envelope.ts'
import { InvalidIntent } from './errors.ts'
import { ethereumMessage } from './ethereum/message-kind.ts'
import { ethereumTransaction } from './ethereum/transaction-kind.ts'
import { ethereumTypedData } from './ethereum/typed-data-kind.ts'
import { textMessage, textMessageAtPath } from './solana/kind.ts'

const kinds = [textMessage, bitcoinPsbt, ethereumTransaction, ethereumMessage, ethereumTypedData, textMessageAtPath, bitcoinPsbtAtPaths] as const

type KindOf = (typeof kinds)[number]
/** A decoded intent: one of a union told apart by `kind`. */
export type Intent = ReturnType<KindOf['decode']>
/** What a finished signing gives: one of a union told apart by `kind`. */
export type Outcome = ReturnType<KindOf['complete']>

/** @throws {InvalidIntent} for an unknown kind or version */
export function kindOf(intent: Uint8Array): { readonly kind: KindOf; readonly body: Uint8Array } {
  const { kind: byte, body } = open(intent)
  const kind = kinds.find(({ name }) => KIND_BYTES[name] === byte)
  if (!kind) throw new InvalidIntent('intent', `kind ${byte} is not known: this device may need an update`)
  return { kind, body }
}
