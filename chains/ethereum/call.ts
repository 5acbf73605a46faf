/** Calls of contracts that can be read: those of ERC-20, ERC-721, ERC-1155 and WETH9 that move something or let somebody move it. */
import type { AbiParameter, Address, DecodeAbiParametersReturnType, Hex } from 'viem'
import { decodeAbiParameters, encodeAbiParameters } from 'viem/utils'

export type Call =
  /** ERC-20 */
  | { readonly name: 'transfer'; readonly to: Address; readonly amount: bigint }
  /** ERC-20; of ERC-721 it has the same bytes, and `amount` is the number of an item. */
  | { readonly name: 'approve'; readonly spender: Address; readonly amount: bigint }
  /** ERC-20; of ERC-721 as above. */
  | { readonly name: 'transferFrom'; readonly from: Address; readonly to: Address; readonly amount: bigint }
  | { readonly name: 'increaseAllowance'; readonly spender: Address; readonly amount: bigint }
  /** ERC-721; ERC-1155 where there is an amount */
  | { readonly name: 'safeTransferFrom'; readonly from: Address; readonly to: Address; readonly item: bigint; readonly amount?: bigint; readonly data: Hex }
  | { readonly name: 'setApprovalForAll'; readonly operator: Address; readonly approved: boolean }
  /** WETH9 */
  | { readonly name: 'deposit' }
  | { readonly name: 'withdraw'; readonly amount: bigint }

const address = { type: 'address' } as const
const uint256 = { type: 'uint256' } as const
const bytes = { type: 'bytes' } as const
const bool = { type: 'bool' } as const

/** By selector: the first four bytes of the Keccak-256 of name and types. */
const READERS: Readonly<Record<Hex, (args: Hex) => Call | undefined>> = {
  '0xa9059cbb': reader([address, uint256], ([to, amount]) => ({ name: 'transfer', to, amount })),
  '0x095ea7b3': reader([address, uint256], ([spender, amount]) => ({ name: 'approve', spender, amount })),
  '0x23b872dd': reader([address, address, uint256], ([from, to, amount]) => ({ name: 'transferFrom', from, to, amount })),
  '0x39509351': reader([address, uint256], ([spender, amount]) => ({ name: 'increaseAllowance', spender, amount })),
  '0x42842e0e': reader([address, address, uint256], ([from, to, item]) => ({ name: 'safeTransferFrom', from, to, item, data: '0x' })),
  '0xb88d4fde': reader([address, address, uint256, bytes], ([from, to, item, data]) => ({ name: 'safeTransferFrom', from, to, item, data })),
  '0xf242432a': reader([address, address, uint256, uint256, bytes], ([from, to, item, amount, data]) =>
    ({ name: 'safeTransferFrom', from, to, item, amount, data })),
  '0xa22cb465': reader([address, bool], ([operator, approved]) => ({ name: 'setApprovalForAll', operator, approved })),
  '0xd0e30db0': (args) => (args === '0x' ? { name: 'deposit' } : undefined),
  '0x2e1a7d4d': reader([uint256], ([amount]) => ({ name: 'withdraw', amount })),
}

/**
 * What a call says.
 * @param data lower case
 * @returns undefined for any other call, and for one whose arguments are not exactly in the one form that compilers give them:
 *   contracts differ in what they make of such
 */
export function readCall(data: Hex): Call | undefined {
  const selector: Hex = `0x${data.slice(2, 10)}`
  return READERS[selector]?.(`0x${data.slice(10)}`)
}

function reader<const Types extends readonly AbiParameter[]>(
  types: Types, call: (values: DecodeAbiParametersReturnType<Types>) => Call,
): (args: Hex) => Call | undefined {
  return (args) => {
    try {
      const values = decodeAbiParameters<readonly AbiParameter[]>(types, args)
      if (encodeAbiParameters<readonly AbiParameter[]>(types, values) !== args) return undefined
      return call(values as DecodeAbiParametersReturnType<Types>)
    } catch {
      return undefined
    }
  }
}
