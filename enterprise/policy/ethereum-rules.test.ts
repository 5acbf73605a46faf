import { encodeEthereumMessageIntent, encodeEthereumTransactionIntent, encodeTypedDataIntent, type TransactionRequest } from '@trivet/chains'
import type { Decision, Policy } from '@trivet/party'
import { describe, expect, it } from 'vitest'
import { signRequest } from '../testing/sign-request.ts'
import { parsePolicy } from './load.ts'
import { guardPolicy, policyOf, type DecisionRecord } from './policy.ts'

const APPROVE: Decision = { answer: 'approve' }
const ALICE = '0x1111111111111111111111111111111111111111'
const EVE = '0x2222222222222222222222222222222222222222'
/** USDC on Ethereum. */
const TOKEN = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'
const GWEI = 1_000_000_000n

function policyFrom(rule: string): Policy {
  const source = parsePolicy(`version: 1\nsign:\n  - { name: rule, ${rule} }`)
  if (source.kind === 'none') throw new Error(source.reason)
  return policyOf(source)
}

/** 1,000,000 gwei and a fee of at most 21,000 gwei to Alice on Sepolia. */
const coins: TransactionRequest = {
  chainId: 11155111, nonce: 0, gas: 21_000, maxFeePerGas: GWEI, maxPriorityFeePerGas: 0, to: ALICE, value: 1_000_000n * GWEI,
}
const word = (value: bigint): string => value.toString(16).padStart(64, '0')
const tokenTransfer = { data: `0xa9059cbb${word(BigInt(ALICE))}${word(25_000_000n)}`, gas: 60_000, value: 0, to: TOKEN, chainId: 1 }
const no = (reason: string): Decision => ({ answer: 'decline', rule: 'rule', reason })
const askFor = async (policy: Policy, changes: Partial<TransactionRequest> = {}): Promise<Decision> =>
  await policy.sign(signRequest(encodeEthereumTransactionIntent({ ...coins, ...changes })))

describe('rules for coins of Ethereum', () => {
  const policy = policyFrom(`kind: ethereum, networks: [sepolia, "eip155:8453"], max_amount_gwei: 1021000, recipients: ["${ALICE}"]`)

  it('allow what they say, up to the last wei, fee included', async () => {
    expect(await askFor(policy)).toEqual(APPROVE)
    expect(await askFor(policy, { chainId: 8453 })).toEqual(APPROVE)
  })

  it.each([
    ['another chain', { chainId: 1 }, 'network eip155:1, allowed are eip155:11155111, eip155:8453'],
    ['one wei too many', { value: 1_000_000n * GWEI + 1n }, '1021000000000001 wei may leave the account, fee included; at most 1021000000000000 are allowed'],
    ['a fee that is too high', { maxFeePerGas: 2n * GWEI }, '1042000000000000 wei may leave the account, fee included; at most 1021000000000000 are allowed'],
    ['a stranger', { to: EVE }, `recipient ${EVE} is not on the list`],
  ] satisfies [string, Partial<TransactionRequest>, string][])('refuse %s', async (_what, changes, reason) => {
    expect(await askFor(policy, changes)).toEqual(no(reason))
  })

  it('refuse what the preview calls dangerous, unless the rule accepts danger', async () => {
    const costly = { value: 1n, gas: 21_000 }
    expect(await askFor(policy, costly)).toEqual(no('the preview warns: The fee may come to more than what is sent.'))
    const bold = policyFrom('kind: ethereum, networks: [sepolia], max_amount_gwei: 1021000, allow_danger: true')
    expect(await askFor(bold, costly)).toEqual(APPROVE)
  })

  it('do not allow a call that takes tokens, whatever its amount of coins', async () => {
    const open = policyFrom('kind: ethereum, networks: [ethereum], max_amount_gwei: 1000000000, allow_danger: true')
    expect(await askFor(open, tokenTransfer)).toEqual({ answer: 'decline', rule: 'deny-by-default', reason: 'no rule allows signing of kind ethereum-call' })
  })

  it('allow any recipient where none is listed', async () => {
    expect(await askFor(policyFrom('kind: ethereum, networks: [sepolia], max_amount_gwei: 1021000'), { to: EVE })).toEqual(APPROVE)
  })
})

describe('rules for calls', () => {
  const policy = policyFrom(`kind: ethereum-call, networks: [ethereum], contracts: ["${TOKEN}"], max_amount_gwei: 60000`)

  it('allow those of the contracts they name, in any capitals', async () => {
    expect(await askFor(policy, tokenTransfer)).toEqual(APPROVE)
    expect(await askFor(policy, { ...tokenTransfer, to: TOKEN.toLowerCase() })).toEqual(APPROVE)
  })

  it.each([
    ['another contract', { to: EVE }, `contract ${EVE} is not on the list`],
    ['another chain', { chainId: 8453 }, 'network eip155:8453, allowed are eip155:1'],
    ['a fee beyond the limit', { gas: 60_001 }, '60001000000000 wei may leave the account, fee included; at most 60000000000000 are allowed'],
    ['coins beyond the limit', { value: 1n }, '60000000000001 wei may leave the account, fee included; at most 60000000000000 are allowed'],
  ] satisfies [string, Partial<TransactionRequest>, string][])('refuse %s', async (_what, changes, reason) => {
    expect(await askFor(policy, { ...tokenTransfer, ...changes })).toEqual(no(reason))
  })

  it('refuse a call that cannot be read, unless the rule accepts danger', async () => {
    const unread = { ...tokenTransfer, data: '0x12345678' }
    const refused = await askFor(policy, unread)
    expect(refused).toMatchObject({ answer: 'decline', reason: expect.stringMatching(/^the preview warns: Trivet cannot read this call/) as unknown })
    const bold = policyFrom(`kind: ethereum-call, networks: [ethereum], contracts: ["${TOKEN}"], max_amount_gwei: 60000, allow_danger: true`)
    expect(await askFor(bold, unread)).toEqual(APPROVE)
  })

  it('refuse to create a contract, whatever danger they accept', async () => {
    const bold = policyFrom(`kind: ethereum-call, networks: [ethereum], contracts: ["${TOKEN}"], max_amount_gwei: 60000, allow_danger: true`)
    const creation: TransactionRequest = { chainId: 1, nonce: 0, gas: 60_000, gasPrice: GWEI, data: '0x6000' }
    expect(await bold.sign(signRequest(encodeEthereumTransactionIntent(creation)))).toEqual(no('it creates a contract, which no rule can allow'))
  })

  it('count the fee of a legacy transaction', async () => {
    const { data, to } = tokenTransfer
    const legacy = (gasPrice: bigint) => signRequest(encodeEthereumTransactionIntent({ chainId: 1, nonce: 0, gas: 60_000, gasPrice, data, to }))
    expect(await policy.sign(legacy(GWEI))).toEqual(APPROVE)
    expect(await policy.sign(legacy(GWEI + 1n))).toEqual(no('60000000060000 wei may leave the account, fee included; at most 60000000000000 are allowed'))
  })
})

describe('rules for Ethereum messages', () => {
  const policy = policyFrom('kind: ethereum-message, max_bytes: 10')
  const text = (message: string) => signRequest(encodeEthereumMessageIntent(message))

  it('allow a message up to the limit, in bytes', async () => {
    expect(await policy.sign(text('ten bytes!'))).toEqual(APPROVE)
    expect(await policy.sign(text('ten bytes…'))).toEqual(no('a message of 12 bytes, at most 10 are allowed'))
  })

  it('refuse bytes that are no text', async () => {
    expect(await policy.sign(signRequest(encodeEthereumMessageIntent({ raw: '0xff' })))).toEqual(
      no('the preview warns: The message is no text. Trivet cannot read this. Approve only if you know what it is.'),
    )
  })

  it('are not those for Ed25519 messages', async () => {
    expect(await policyFrom('kind: message, max_bytes: 10').sign(text('hello'))).toEqual(
      { answer: 'decline', rule: 'deny-by-default', reason: 'no rule allows signing of kind ethereum-message' },
    )
  })
})

describe('rules for typed data', () => {
  const typedData = (domain: object) => signRequest(encodeTypedDataIntent(JSON.stringify({
    types: { Order: [{ name: 'item', type: 'string' }] }, primaryType: 'Order', domain, message: { item: 'secret plans' },
  })))
  const named = policyFrom(`kind: ethereum-typed-data, networks: [sepolia], contracts: ["${TOKEN}"]`)
  const open = policyFrom('kind: ethereum-typed-data, networks: [sepolia]')

  it('allow those whose domain names a chain and a contract of theirs', async () => {
    expect(await named.sign(typedData({ chainId: 11155111, verifyingContract: TOKEN }))).toEqual(APPROVE)
    expect(await open.sign(typedData({ chainId: 11155111 }))).toEqual(APPROVE)
  })

  it.each([
    ['another chain', { chainId: 1, verifyingContract: TOKEN }, 'network eip155:1, allowed are eip155:11155111'],
    ['no chain', { verifyingContract: TOKEN }, 'its domain names no chain'],
    ['another contract', { chainId: 11155111, verifyingContract: EVE }, `contract ${EVE} is not on the list`],
    ['no contract', { chainId: 11155111 }, 'its domain names no contract'],
  ])('refuse %s', async (_what, domain, reason) => {
    expect(await named.sign(typedData(domain))).toEqual(no(reason))
  })
})

describe('a policy', () => {
  it('refuses typed data whose domain names a contract that is no address', async () => {
    const types = { EIP712Domain: [{ name: 'verifyingContract', type: 'string' }], Order: [{ name: 'item', type: 'string' }] }
    const request = signRequest(encodeTypedDataIntent(JSON.stringify({ types, primaryType: 'Order', domain: { verifyingContract: 'secret' }, message: { item: 'tea' } })))
    const records: DecisionRecord[] = []
    const guarded = guardPolicy(policyFrom('kind: ethereum-typed-data, networks: [sepolia]'), () => () => undefined, (decided) => records.push(decided))
    expect(await guarded.sign(request)).toEqual({ answer: 'decline', rule: 'policy-failed', reason: 'the policy failed' })
    expect(records).toEqual([{ asked: 'sign', by: 'Anna', wallet: request.wallet, answer: 'decline', rule: 'policy-failed' }])
  })
})

describe('the record of a decision about Ethereum', () => {
  it.each([
    ['coins', encodeEthereumTransactionIntent(coins), { kind: 'ethereum', network: 'eip155:11155111', amount: '1021000000000000', to: [ALICE] }],
    ['a call', encodeEthereumTransactionIntent({ ...coins, ...tokenTransfer }), { kind: 'ethereum-call', network: 'eip155:1', amount: '60000000000000', contract: TOKEN }],
    ['a message', encodeEthereumMessageIntent('secret plans'), { kind: 'ethereum-message', bytes: 12 }],
    ['typed data', encodeTypedDataIntent(JSON.stringify({
      types: { Order: [{ name: 'item', type: 'string' }] }, primaryType: 'Order', domain: { chainId: 1 }, message: { item: 'secret plans' },
    })), { kind: 'ethereum-typed-data', network: 'eip155:1' }],
  ])('holds of %s kind, network, amount and addresses, and no text', async (_what, intent, facts) => {
    const records: DecisionRecord[] = []
    const never = (): (() => void) => () => undefined
    const request = signRequest(intent)
    await guardPolicy(policyOf({ kind: 'none', rule: 'no-policy', reason: 'none' }), never, (decided) => records.push(decided)).sign(request)
    expect(records).toEqual([{ asked: 'sign', by: 'Anna', wallet: request.wallet, dangers: expect.any(Number) as unknown, ...facts, answer: 'decline', rule: 'no-policy' }])
    expect(JSON.stringify(records)).not.toContain('secret')
  })
})
