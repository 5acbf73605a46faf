/**
 * The digests of BIP-143 and BIP-341 (key path, no annex) for signatures over everything: DEFAULT and ALL are the only hash
 * types that are signed here. The library can make them too, and the tests compare with it, but it hashes the whole
 * transaction again for each input.
 */
import { RawOutput, VarBytes } from '@scure/btc-signer/script.js'
import { concatBytes, sha256, sha256x2, tagSchnorr } from '@scure/btc-signer/utils.js'
import * as P from 'micro-packed'

/** 0 is DEFAULT (BIP-341 only), 1 is ALL. */
export type SighashType = 0 | 1

/** A transaction with the outputs it spends. */
export interface Unsigned {
  readonly version: number
  readonly lockTime: number
  readonly inputs: readonly {
    /** As people write it: the reverse of its bytes in a transaction. */
    readonly txid: Uint8Array
    readonly index: number
    readonly sequence: number
    readonly amount: bigint
    readonly script: Uint8Array
  }[]
  readonly outputs: readonly { readonly amount: bigint; readonly script: Uint8Array }[]
}

const Outpoint = P.struct({ txid: P.bytes(32, true), index: P.U32LE })
const NO_ANNEX_KEY_PATH = Uint8Array.of(0)
const EPOCH = Uint8Array.of(0)

/** Source: BIP-341, "Common signature message". */
export function taprootSighashes({ version, lockTime, inputs, outputs }: Unsigned): (i: number, sighashType: SighashType) => Uint8Array {
  const common = concatBytes(
    P.I32LE.encode(version),
    P.U32LE.encode(lockTime),
    sha256(concatBytes(...inputs.map((input) => Outpoint.encode(input)))),
    sha256(concatBytes(...inputs.map(({ amount }) => P.U64LE.encode(amount)))),
    sha256(concatBytes(...inputs.map(({ script }) => VarBytes.encode(script)))),
    sha256(concatBytes(...inputs.map(({ sequence }) => P.U32LE.encode(sequence)))),
    sha256(concatBytes(...outputs.map((output) => RawOutput.encode(output)))),
    NO_ANNEX_KEY_PATH,
  )
  return (i, sighashType) => tagSchnorr('TapSighash', EPOCH, Uint8Array.of(sighashType), common, P.U32LE.encode(i))
}

/**
 * Source: BIP-143, "Specification", for SIGHASH_ALL.
 * @param scriptCode of every input that is asked for
 */
export function segwitSighashes({ version, lockTime, inputs, outputs }: Unsigned, scriptCode: Uint8Array): (i: number) => Uint8Array {
  const before = concatBytes(
    P.I32LE.encode(version),
    sha256x2(concatBytes(...inputs.map((input) => Outpoint.encode(input)))),
    sha256x2(concatBytes(...inputs.map(({ sequence }) => P.U32LE.encode(sequence)))),
  )
  const code = VarBytes.encode(scriptCode)
  const after = concatBytes(
    sha256x2(concatBytes(...outputs.map((output) => RawOutput.encode(output)))),
    P.U32LE.encode(lockTime),
    P.U32LE.encode(1),
  )
  return (i) => {
    const input = inputs[i]
    if (!input) throw new RangeError(`expected an input below ${inputs.length}, got ${i}`)
    return sha256x2(before, Outpoint.encode(input), code, P.U64LE.encode(input.amount), P.U32LE.encode(input.sequence), after)
  }
}
