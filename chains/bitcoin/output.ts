/** What an output's script is, for people. */
import { Address, OutScript } from '@scure/btc-signer'
import { equalBytes } from '@scure/btc-signer/utils.js'
import { hex } from '@scure/base'
import { ADDRESS_FORMATS, type BitcoinNetwork } from './network.ts'

const OP_RETURN = 0x6a

export type Destination =
  | { readonly type: 'address'; readonly address: string; readonly anyoneCanSpend: boolean }
  /** OP_RETURN: whatever it is paid is destroyed. */
  | { readonly type: 'data'; readonly hex: string; readonly text?: string }
  | { readonly type: 'unknown'; readonly hex: string }

export function destinationOf(script: Uint8Array, network: BitcoinNetwork): Destination {
  if (script[0] === OP_RETURN) {
    const data = pushedData(script)
    const text = printable(data)
    return { type: 'data', hex: hex.encode(data), ...(text !== undefined && { text }) }
  }
  try {
    const format = Address(ADDRESS_FORMATS[network])
    const decoded = OutScript.decode(script)
    if (isAddressable(decoded)) {
      const address = format.encode(decoded)
      // The decoder reads what a script means; a pay-to-script-hash with an unusual push means the same to it, but not to Bitcoin.
      if (equalBytes(OutScript.encode(format.decode(address)), script)) return { type: 'address', address, anyoneCanSpend: decoded.type === 'p2a' }
    }
  } catch {
    // No script that has an address.
  }
  return { type: 'unknown', hex: hex.encode(script) }
}

type Addressable = Parameters<ReturnType<typeof Address>['encode']>[0]
const ADDRESSABLE: readonly string[] = ['wpkh', 'wsh', 'tr', 'p2a', 'pkh', 'sh'] satisfies Addressable['type'][]
const isAddressable = <T extends { readonly type: string }>(decoded: T): decoded is T & Addressable => ADDRESSABLE.includes(decoded.type)

/** The data after OP_RETURN when it is one direct push, else all the bytes after it. */
function pushedData(script: Uint8Array): Uint8Array {
  const [, length = 0] = script
  return length <= 75 && script.length === 2 + length ? script.subarray(2) : script.subarray(1)
}

/** The bytes as text when they are printable ASCII and nothing else. */
function printable(data: Uint8Array): string | undefined {
  return data.length > 0 && data.every((byte) => byte >= 0x20 && byte < 0x7f) ? String.fromCharCode(...data) : undefined
}

/**
 * The amount in satoshi under which nodes do not relay an output: three times what it costs to spend it at 1 sat/vB.
 * Source: Bitcoin Core, `GetDustThreshold` in `policy/policy.cpp`.
 */
export function dustLimit(script: Uint8Array): bigint {
  if (script[0] === OP_RETURN) return 0n
  const size = 8 + (script.length < 0xfd ? 1 : 3) + script.length
  const toSpend = isWitnessProgram(script) ? 67 : 148
  return BigInt(3 * (size + toSpend))
}

/** BIP-141: OP_0 or OP_1..OP_16, then one push of 2 to 40 bytes. */
export function isWitnessProgram(script: Uint8Array): boolean {
  const [version = 0xff, length = 0] = script
  return (version === 0 || (version >= 0x51 && version <= 0x60)) && script.length >= 4 && script.length <= 42 && length === script.length - 2
}
