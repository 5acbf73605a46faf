/** Bitcoin transactions that spend from the wallet's Taproot or SegWit address, given as PSBTs. */
import type { GroupKey } from '@trivet/protocol/intent'
import * as P from 'micro-packed'
import { seal } from '../envelope.ts'
import { InvalidIntent } from '../errors.ts'
import type { Kind } from '../kind.ts'
import { type BitcoinOutcome, completeTransfer } from './complete.ts'
import { BITCOIN_NETWORKS, type BitcoinNetwork, NETWORK_BYTES } from './network.ts'
import { previewOf } from './preview.ts'
import { normalisePsbt, readPsbt, requireNormalPsbt } from './psbt.ts'
import { examine, sighashes, type Transfer } from './transfer.ts'
import { ownScripts } from './wallet.ts'

export interface PsbtIntent {
  readonly kind: 'bitcoin-psbt'
  readonly network: BitcoinNetwork
  /** Version 0, in the normal form of `normalisePsbt`. */
  readonly psbt: Uint8Array
}

const Body = P.struct({ network: P.U8, psbt: P.bytes(null) })

/**
 * An intent to sign every input of a PSBT that spends from the wallet: from one of its addresses, because a request names one key.
 * @param input base64, hex, or the bytes of a file; version 0 or 2
 * @throws {InvalidIntent} naming `psbt`. Whether it is for this wallet at all is found by `interpret`.
 */
export const encodePsbtIntent = (input: string | Uint8Array, network: BitcoinNetwork): Uint8Array =>
  seal('bitcoin-psbt', Body.encode({ network: NETWORK_BYTES[network], psbt: normalisePsbt(readPsbt(input)) }))

export const bitcoinPsbt: Kind<PsbtIntent, BitcoinOutcome> = {
  name: 'bitcoin-psbt',
  decode,
  interpret(body, keys) {
    const transfer = transferOf(body, keys)
    const { suite, type } = transfer.signer
    const messages = sighashes(transfer).map(({ sighash }) => sighash)
    return { suite, taproot: type === 'taproot', path: [], messages, preview: previewOf(transfer) }
  },
  complete: (body, keys, signatures) => completeTransfer(transferOf(body, keys), signatures),
}

function decode(body: Uint8Array): PsbtIntent {
  const { network: byte, psbt } = Body.decode(body)
  const network = BITCOIN_NETWORKS.find((name) => NETWORK_BYTES[name] === byte)
  if (!network) throw new InvalidIntent('network', `network ${byte} is not known`)
  requireNormalPsbt(psbt)
  return { kind: 'bitcoin-psbt', network, psbt }
}

function transferOf(body: Uint8Array, keys: readonly GroupKey[]): Transfer {
  const { network, psbt } = decode(body)
  const wallet = ownScripts(keys)
  if (wallet.length === 0) throw new InvalidIntent('keys', 'this wallet has no Bitcoin key')
  return examine(psbt, network, wallet)
}
