import {
  accounts,
  encodeEthereumMessageIntent,
  encodeEthereumTransactionIntent,
  encodeMessageIntent,
  encodePsbtIntent,
  encodeTypedDataIntent,
} from '@trivet/chains'
import { examplePayee, examplePsbt } from '@trivet/chains/testing'
import { deriveKey } from '@trivet/protocol/derive'
import { addressOf } from '../state/accounts.ts'
import { bytes, KEYS, SECOND, SECP256K1_KEY } from './fixtures.ts'

/** Things to sign, and signatures of some of them made with the secrets of the generators (1, and for Taproot 1 plus the tweak). */

export const MESSAGE = encodeMessageIntent('I, Anna, control this wallet on 20 November 2026.')
export const MESSAGE_SIGNATURES = [
  bytes('b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b23e8b28f3b1c0ffe95d40ce2489f7ca2626865d5c2932644d09b0faca1816d1a01'),
]
export const HASH_LIKE = encodeMessageIntent('0123456789abcdef0123456789abcdef')

export const PSBT = encodePsbtIntent(examplePsbt({ groupKey: SECP256K1_KEY, network: 'mainnet' }).bytes, 'mainnet')
export const PSBT_SIGNATURES = [
  bytes('6ebaaeffded275cfa589f811ab85e161abf7ef7dede10edef0d6aa9aa349ddcacf6a4bff640c9ed4cfd1ab9691ce2c3a71d619361dbab58b34439e4d912b3c94'),
  bytes('664607e7d6f6e2dcabe52fdd02be89cf32368e0d94bc1dd36543629325a30dc78f96ddadb7909b16d812c94326a52d8eca7c523fce3fa5267f1bb41b3516fb2b'),
]
/** From the second account, with change to the first. */
const SECOND_KEY = deriveKey({ suite: 3, groupKey: SECP256K1_KEY, chainCode: new Uint8Array(32) }, SECOND).publicKey
export const ACCOUNT_PSBT = encodePsbtIntent(
  examplePsbt({
    groupKey: SECOND_KEY, network: 'mainnet',
    outputs: [{ address: examplePayee('mainnet'), amount: 120_000n }, { address: addressOf('taproot', accounts(KEYS), 'mainnet') ?? '', amount: 108_940n }],
  }).bytes,
  'mainnet',
  { keys: KEYS, accounts: accounts(KEYS, SECOND) },
)
export const SEGWIT_PSBT = encodePsbtIntent(examplePsbt({ groupKey: SECP256K1_KEY, network: 'mainnet', script: 'segwit' }).bytes, 'mainnet')

const GWEI = 10n ** 9n
const USDC = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'
const SPENDER = '0x1111111254EEB25477B68fb85Ed929f73A960582'
const FEES = { maxFeePerGas: 30n * GWEI, maxPriorityFeePerGas: GWEI }
export const PAYEE = '0x8ba1f109551bD432803012645Ac136ddd64DBA72'

export const PAYMENT = encodeEthereumTransactionIntent({ chainId: 1, nonce: 7, gas: 21_000, to: PAYEE, value: 5n * 10n ** 17n, ...FEES })
export const PAYMENT_SIGNATURES = [
  bytes('2798bcb34d4e1acd886977e24e6ab234ef87b3f09eb4e35914924193c40306835f6dc662b7f1a47f5d46ab846a9228b77d0d6c08ae3acb4df01769d551054c4d01'),
]
export const ACCOUNT_PAYMENT = encodeEthereumTransactionIntent({ chainId: 1, nonce: 0, gas: 21_000, to: PAYEE, value: 5n * 10n ** 17n, ...FEES }, SECOND)
/** ERC-20 `approve` of everything. */
export const ALLOWANCE = encodeEthereumTransactionIntent({
  chainId: 1,
  nonce: 8,
  gas: 60_000,
  to: USDC,
  data: `0x095ea7b3${SPENDER.slice(2).toLowerCase().padStart(64, '0')}${'f'.repeat(64)}`,
  ...FEES,
})
/** A call of a router whose contents nobody decodes here. */
export const UNREADABLE = encodeEthereumTransactionIntent({
  chainId: 1,
  nonce: 9,
  gas: 180_000,
  to: '0x3fC91A3afd70395Cd496C647d5a6CC9D4B2b7FAD',
  value: 5n * 10n ** 17n,
  data: `0x3593564c${'60'.padStart(64, '0')}${'ab'.repeat(160)}`,
  ...FEES,
})

export const PERMIT_JSON = JSON.stringify({
  types: {
    EIP712Domain: [
      { name: 'name', type: 'string' },
      { name: 'version', type: 'string' },
      { name: 'chainId', type: 'uint256' },
      { name: 'verifyingContract', type: 'address' },
    ],
    Permit: [
      { name: 'owner', type: 'address' },
      { name: 'spender', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'nonce', type: 'uint256' },
      { name: 'deadline', type: 'uint256' },
    ],
  },
  primaryType: 'Permit',
  domain: { name: 'USD Coin', version: '2', chainId: 1, verifyingContract: USDC },
  message: { owner: '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf', spender: SPENDER, value: '2500000000', nonce: 0, deadline: 1_796_000_000 },
})
export const PERMIT = encodeTypedDataIntent(PERMIT_JSON)

export const ETHEREUM_MESSAGE = encodeEthereumMessageIntent('I, Anna, control this address on 20 November 2026.')
export const ETHEREUM_MESSAGE_SIGNATURES = [
  bytes('0317b7d0e27a78a4431fb93347e02a59b142804696d45fa6e1018650d6c555cd724e65c84029e2677fb8ec9d144b49e0492520499210193c84a028dc8afdd93c00'),
]
