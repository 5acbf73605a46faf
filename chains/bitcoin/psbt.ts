/** PSBTs as people have them, and the one form in which they are put into an intent. Source: BIP-174, BIP-370, BIP-371. */
import { base64, hex } from '@scure/base'
import { Transaction, type TxOpts } from '@scure/btc-signer'
import { getPrevOut } from '@scure/btc-signer/transaction.js'
import type { TransactionInput, TransactionOutput } from '@scure/btc-signer/psbt.js'
import { equalBytes } from '@scure/btc-signer/utils.js'
import { InvalidIntent } from '../errors.ts'
import { isWitnessProgram } from './output.ts'

/** Largest normalised PSBT, in bytes. */
const MAX_PSBT_BYTES = 40_960
/** Largest PSBT that is read before it is normalised (previous transactions are dropped then), in bytes. */
const MAX_READ_BYTES = 1_048_576
const MAX_INPUTS = 100
const MAX_OUTPUTS = 250

/** "psbt" and 0xff. */
const MAGIC = Uint8Array.of(0x70, 0x73, 0x62, 0x74, 0xff)
const NOT_A_PSBT = 'not a PSBT: expected it to begin with 70736274ff'

/**
 * What the library should let pass, because it is looked at here: scripts of any kind are shown, and what an input commits to is
 * checked for our own inputs alone (`transfer.ts`). Fields nobody knows are dropped.
 */
const LENIENT: TxOpts = { allowUnknownInputs: true, allowUnknownOutputs: true, allowUnknownVersion: true, disableScriptCheck: true, unknown: 'strip' }

/** What others may need to finish their inputs. Everything else is dropped: two devices must get the same bytes. */
const KEPT_OF_INPUT = [
  'txid', 'index', 'sequence', 'witnessUtxo', 'nonWitnessUtxo', 'sighashType', 'redeemScript', 'witnessScript', 'bip32Derivation', 'partialSig',
  'finalScriptSig', 'finalScriptWitness', 'tapKeySig', 'tapScriptSig', 'tapLeafScript', 'tapBip32Derivation', 'tapInternalKey', 'tapMerkleRoot',
] as const satisfies readonly (keyof TransactionInput)[]
const KEPT_OF_OUTPUT = [
  'amount', 'script', 'redeemScript', 'witnessScript', 'bip32Derivation', 'tapInternalKey', 'tapTree', 'tapBip32Derivation',
] as const satisfies readonly (keyof TransactionOutput)[]

/**
 * The bytes of a PSBT from what a person pasted or opened: base64 or hex in any line lengths, or the bytes of a file, which may
 * hold either of these as text.
 * @throws {InvalidIntent} naming `psbt`
 */
export function readPsbt(input: string | Uint8Array): Uint8Array {
  if (input.length === 0) throw new InvalidIntent('psbt', 'expected a PSBT, got nothing')
  const most = typeof input === 'string' ? 2 * MAX_READ_BYTES : MAX_READ_BYTES
  if (input.length > most) throw tooLarge(MAX_READ_BYTES, 'more')
  const bytes = typeof input === 'string' ? fromText(input) : fromFile(input)
  if (!startsWithMagic(bytes)) throw new InvalidIntent('psbt', looksLikeTransaction(bytes) ? `${NOT_A_PSBT}, got a bare transaction` : NOT_A_PSBT)
  if (bytes.length > MAX_READ_BYTES) throw tooLarge(MAX_READ_BYTES, String(bytes.length))
  return bytes
}

function fromFile(bytes: Uint8Array): Uint8Array {
  const isText = bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09)
  return isText ? fromText(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) : bytes
}

function fromText(text: string): Uint8Array {
  const packed = text.replaceAll(/\s+/gu, '')
  if (packed === '') throw new InvalidIntent('psbt', 'expected a PSBT, got nothing')
  try {
    return /^[0-9a-f]+$/iu.test(packed) ? hex.decode(packed) : base64.decode(packed)
  } catch (cause) {
    throw new InvalidIntent('psbt', 'expected a PSBT as base64, hex or a file, got other text', cause)
  }
}

/** @throws {InvalidIntent} naming `psbt`, with the library's reason */
export function parsePsbt(bytes: Uint8Array): Transaction {
  if (!startsWithMagic(bytes)) throw new InvalidIntent('psbt', NOT_A_PSBT)
  let tx: Transaction
  try {
    tx = Transaction.fromPSBT(bytes, LENIENT)
  } catch (cause) {
    throw new InvalidIntent('psbt', `the PSBT is damaged: ${reasonOf(cause)}`, cause)
  }
  if (tx.version < 1 || tx.version > 3) throw new InvalidIntent('psbt', `expected transaction version 1, 2 or 3, got ${tx.version}`)
  for (const [what, count, most] of [['input', tx.inputsLength, MAX_INPUTS], ['output', tx.outputsLength, MAX_OUTPUTS]] as const) {
    if (count === 0) throw new InvalidIntent('psbt', `the transaction has no ${what}s`)
    if (count > most) throw new InvalidIntent('psbt', `expected at most ${most} ${what}s, got ${count}`)
  }
  return tx
}

/**
 * The one form in which a PSBT is signed: version 0, known fields only, inputs of SegWit and Taproot with the output they spend.
 *
 * Previous transactions are checked against the ids in the transaction, and then
 * - dropped where all inputs are Taproot's, because their signatures commit to everything that is spent;
 * - kept otherwise, without the witnesses, which no id covers: each device must check by itself what is spent beside an own
 *   SegWit input, and nothing else proves it (`transfer.ts`);
 * - dropped of SegWit and Taproot inputs where the PSBT would be too large with them. That helps no attacker, who could have
 *   left them out, and each device then says that nothing proves what is spent.
 * @returns at most `MAX_PSBT_BYTES`; normalising them again changes nothing
 * @throws {InvalidIntent} naming `psbt`
 */
export function normalisePsbt(bytes: Uint8Array): Uint8Array {
  const tx = parsePsbt(bytes)
  try {
    const proven = rebuilt(tx, onlyTaproot(tx) ? 'without proofs' : 'with proofs')
    const normal = proven.length > MAX_PSBT_BYTES ? rebuilt(tx, 'without proofs') : proven
    if (normal.length > MAX_PSBT_BYTES) throw tooLarge(MAX_PSBT_BYTES, String(normal.length))
    return normal
  } catch (cause) {
    if (cause instanceof InvalidIntent) throw cause
    throw new InvalidIntent('psbt', `the PSBT is damaged: ${reasonOf(cause)}`, cause)
  }
}

type Proofs = 'with proofs' | 'without proofs'

function rebuilt(tx: Transaction, proofs: Proofs): Uint8Array {
  const plain = new Transaction({ ...LENIENT, version: tx.version, lockTime: tx.lockTime })
  // `true`: others may have signed already, which would forbid adding to the transaction.
  for (let i = 0; i < tx.inputsLength; i++) plain.addInput(plainInput(tx.getInput(i), proofs), true)
  for (let i = 0; i < tx.outputsLength; i++) plain.addOutput(pick(tx.getOutput(i), KEPT_OF_OUTPUT), true)
  return plain.toPSBT(0)
}

/** @throws {InvalidIntent} unless the PSBT is exactly as `normalisePsbt` gives it */
export function requireNormalPsbt(bytes: Uint8Array): void {
  if (bytes.length > MAX_PSBT_BYTES) throw tooLarge(MAX_PSBT_BYTES, String(bytes.length))
  if (!equalBytes(normalisePsbt(bytes), bytes)) throw new InvalidIntent('psbt', 'the PSBT is not in the normal form that is signed')
}

function plainInput(input: TransactionInput, proofs: Proofs): Partial<TransactionInput> {
  const { nonWitnessUtxo, ...kept } = pick(input, KEPT_OF_INPUT)
  const spent = spentBy(input)
  const proof = nonWitnessUtxo && { nonWitnessUtxo: { ...nonWitnessUtxo, segwitFlag: false, witnesses: undefined } }
  // Older kinds are signed with the whole previous transaction.
  if (!spent || !isWitnessProgram(spent.script)) return { ...kept, ...proof }
  return { ...kept, witnessUtxo: spent, ...(proofs === 'with proofs' && proof) }
}

function onlyTaproot(tx: Transaction): boolean {
  return Array.from({ length: tx.inputsLength }, (_, i) => spentBy(tx.getInput(i))?.script)
    .every((script) => script?.length === 34 && script[0] === 0x51 && script[1] === 0x20)
}

/** The output that an input spends; undefined where the PSBT does not say. */
export const spentBy = (input: TransactionInput): ReturnType<typeof getPrevOut> | undefined =>
  input.nonWitnessUtxo === undefined && input.witnessUtxo === undefined ? undefined : getPrevOut(input)

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Partial<Pick<T, K>> {
  const kept: Partial<Pick<T, K>> = {}
  for (const key of keys) if (from[key] !== undefined) kept[key] = from[key]
  return kept
}

const startsWithMagic = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte)

/** Version 1 or 2, as every transaction in use begins. */
const looksLikeTransaction = (bytes: Uint8Array): boolean =>
  bytes.length > 60 && (bytes[0] === 1 || bytes[0] === 2) && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable')

const tooLarge = (most: number, got: string): InvalidIntent =>
  new InvalidIntent('psbt', `expected a PSBT of at most ${most} bytes, got ${got}`)
