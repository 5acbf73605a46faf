/** Typed data for the tests of this folder. */

/** Source: EIP-712, "Example". */
export const MAIL = {
  types: {
    EIP712Domain: [
      { name: 'name', type: 'string' }, { name: 'version', type: 'string' }, { name: 'chainId', type: 'uint256' }, { name: 'verifyingContract', type: 'address' },
    ],
    Person: [{ name: 'name', type: 'string' }, { name: 'wallet', type: 'address' }],
    Mail: [{ name: 'from', type: 'Person' }, { name: 'to', type: 'Person' }, { name: 'contents', type: 'string' }],
  },
  primaryType: 'Mail',
  domain: { name: 'Ether Mail', version: '1', chainId: 1, verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC' },
  message: {
    from: { name: 'Cow', wallet: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826' },
    to: { name: 'Bob', wallet: '0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB' },
    contents: 'Hello, Bob!',
  },
} as const

export const CONTRACT = '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC'
const DOMAIN = { name: 'Test', chainId: 1, verifyingContract: CONTRACT }

/** One message whose fields have the types given, under a domain that names chain and contract. */
export function typed(
  primaryType: string, fields: Readonly<Record<string, string>>, message: object, more: { readonly types?: object; readonly domain?: object } = {},
): string {
  const own = Object.entries(fields).map(([name, type]) => ({ name, type }))
  return JSON.stringify({ types: { [primaryType]: own, ...more.types }, primaryType, domain: more.domain ?? DOMAIN, message })
}
