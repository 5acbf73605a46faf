/** Bitcoin transactions that spend from one of the wallet's Taproot or SegWit addresses, given as PSBTs. */
import type { GroupKey } from '@trivet/protocol/intent'
import * as P from 'micro-packed'
import { type KindName, seal } from '../envelope.ts'
import { InvalidIntent } from '../errors.ts'
import type { Kind } from '../kind.ts'
import { accountName, type Path, PathCoder } from '../path.ts'
import { type BitcoinOutcome, completeTransfer } from './complete.ts'
import { BITCOIN_NETWORKS, type BitcoinNetwork, NETWORK_BYTES } from './network.ts'
import { inOrder, pathsIn, requireInOrder, type WalletFacts } from './paths.ts'
import { previewOf } from './preview.ts'
import { normalisePsbt, readPsbt, requireNormalPsbt } from './psbt.ts'
import { examine, sighashes, type Transfer } from './transfer.ts'
import { ownScripts } from './wallet.ts'

export interface PsbtIntent {
  readonly kind: 'bitcoin-psbt'
  readonly network: BitcoinNetwork
  /** Of the accounts that the transaction spends from or pays to, beside the first one, which is always looked for; ascending. */
  readonly paths: readonly Path[]
  /** Version 0, in the normal form of `normalisePsbt`. */
  readonly psbt: Uint8Array
}

const Body = P.struct({ network: P.U8, psbt: P.bytes(null) })
const BodyAtPaths = P.struct({ network: P.U8, paths: P.array(P.U8, PathCoder), psbt: P.bytes(null) })

/**
 * An intent to sign every input of a PSBT that spends from the wallet: from one of its addresses, because a request names one key.
 * @param input base64, hex, or the bytes of a file; version 0 or 2
 * @param wallet without it only the first account is looked for
 * @throws {InvalidIntent} naming `psbt`. Whether it is for this wallet at all is found by `interpret`.
 */
export function encodePsbtIntent(input: string | Uint8Array, network: BitcoinNetwork, wallet?: WalletFacts): Uint8Array {
  const psbt = normalisePsbt(readPsbt(input))
  return sealPsbt(psbt, network, wallet === undefined ? [] : pathsIn(psbt, wallet))
}

/** @param psbt in normal form */
export function sealPsbt(psbt: Uint8Array, network: BitcoinNetwork, touched: readonly Path[]): Uint8Array {
  const paths = inOrder(touched).map((path) => [...path])
  const body = { network: NETWORK_BYTES[network], psbt }
  return paths.length === 0 ? seal('bitcoin-psbt', Body.encode(body)) : seal('bitcoin-psbt-at-paths', BodyAtPaths.encode({ ...body, paths }))
}

/** Of a wallet's first account. */
export const bitcoinPsbt = kind('bitcoin-psbt', (body) => ({ ...Body.decode(body), paths: [] }))

/** Of other accounts as well: their paths are part of what is agreed on, so that every device looks for the same scripts. */
export const bitcoinPsbtAtPaths = kind('bitcoin-psbt-at-paths', (body) => {
  const read = decoded(body)
  if (read.paths.length === 0) throw new InvalidIntent('path', 'expected the path of an account, got none: of the first alone a request is written without')
  requireInOrder(read.paths)
  return read
})

interface Written {
  readonly network: number
  readonly paths: readonly Path[]
  readonly psbt: Uint8Array
}

function decoded(body: Uint8Array): Written {
  try {
    return BodyAtPaths.decode(body)
  } catch (cause) {
    throw new InvalidIntent('path', 'expected paths and a PSBT, got too few bytes', cause)
  }
}

function kind(name: KindName, read: (body: Uint8Array) => Written): Kind<PsbtIntent, BitcoinOutcome> {
  const decode = (body: Uint8Array): PsbtIntent => intentOf(read(body))
  return {
    name,
    decode,
    interpret(body, keys) {
      const transfer = transferOf(decode(body), keys)
      const { suite, type, path } = transfer.signer
      const messages = sighashes(transfer).map(({ sighash }) => sighash)
      return { suite, taproot: type === 'taproot', path, messages, preview: previewOf(transfer) }
    },
    complete: (body, keys, signatures) => completeTransfer(transferOf(decode(body), keys), signatures),
  }
}

function intentOf({ network: byte, paths, psbt }: Written): PsbtIntent {
  const network = BITCOIN_NETWORKS.find((name) => NETWORK_BYTES[name] === byte)
  if (!network) throw new InvalidIntent('network', `network ${byte} is not known`)
  requireNormalPsbt(psbt)
  return { kind: 'bitcoin-psbt', network, paths, psbt }
}

function transferOf({ network, paths, psbt }: PsbtIntent, keys: readonly GroupKey[]): Transfer {
  const wallet = ownScripts(keys, [[], ...paths])
  if (wallet.length === 0) throw new InvalidIntent('keys', 'this wallet has no Bitcoin key')
  const transfer = examine(psbt, network, wallet)
  const idle = paths.find((path) => !transfer.touches(path))
  if (idle) throw new InvalidIntent('path', `nothing in the transaction is of ${accountName(idle)}`)
  return transfer
}
