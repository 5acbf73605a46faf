/** For the tests of this folder: a wallet whose key is in one place, where the product's is in shares. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { hex } from '@scure/base'
import type { GroupKey, Preview } from '@trivet/protocol/intent'
import type { Hex } from 'viem'
import { ethereumAddress } from './address.ts'

export interface TestWallet {
  readonly secret: Hex
  readonly keys: readonly GroupKey[]
  readonly address: string
  /** r ‖ s ‖ recovery id, as a party hands it out. */
  sign(digest: Uint8Array): Uint8Array
}

/** @param secret hex, 32 bytes */
export function testWallet(secret: string): TestWallet {
  const key = hex.decode(secret)
  const publicKey = secp256k1.getPublicKey(key, true)
  return {
    secret: `0x${secret}`,
    keys: [{ suite: 1, publicKey, chainCode: new Uint8Array(32).fill(7) }],
    address: ethereumAddress(publicKey),
    sign(digest) {
      const [recoveryId = 0, ...rs] = secp256k1.sign(digest, key, { prehash: false, lowS: true, format: 'recovered' })
      return Uint8Array.of(...rs, recoveryId)
    },
  }
}

/** The key of the example in EIP-155. */
export const wallet = testWallet('46'.repeat(32))
export const stranger = testWallet('11'.repeat(32))

export const PAYEE = '0x8ba1f109551bD432803012645Ac136ddd64DBA72'
export const USDC = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'
export const UNKNOWN_TOKEN = '0x1F98431c8aD98523631AE4a59f267346ea31F984'
export const GWEI = 10n ** 9n
export const ETH = 10n ** 18n

/** A payment of 0.5 ETH on Ethereum. */
export const payment = {
  chainId: 1, nonce: 7, gas: 21_000, to: PAYEE, value: ETH / 2n, maxFeePerGas: 40n * GWEI, maxPriorityFeePerGas: 2n * GWEI,
} as const

export const warningsOf = ({ warnings }: Preview): string[] => warnings.map(({ level, text }) => `${level}: ${text}`)
export const fieldsOf = ({ fields }: Preview): string[] => fields.map(({ label, value, note }) => `${label}: ${value}${note === undefined ? '' : ` (${note})`}`)
