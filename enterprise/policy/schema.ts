/** What a policy file may say. Everything it does not allow is refused. */
import { BITCOIN_NETWORKS } from '@trivet/chains'
import { z } from 'zod'
import { NETWORK_NAMES, readNetwork } from './networks.ts'

const MAX_RULES = 100
const MAX_PARTIES = 16
const MAX_MESSAGE_BYTES = 1_048_576
/** All bitcoin there will ever be, in sats; exact as a JavaScript number. */
const MAX_SATS = 2_100_000_000_000_000
/** Nine million coins; a larger JavaScript number would not be exact. */
const MAX_GWEI = Number.MAX_SAFE_INTEGER

const wholeNumber = (min: number, max: number) => z.int(`expected a whole number from ${min} to ${max}`)
  .min(min, `expected at least ${min}`).max(max, `expected at most ${max}`)
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, `expected one of ${values.join(', ')}`)
const listOf = <T extends z.ZodType>(item: T) => z.array(item, 'expected a list')
const yesOrNo = z.boolean('expected true or false')
const EXPECTED_ADDRESS = 'expected an address in quotes: 0x and 40 hexadecimal digits'
const EXPECTED_NETWORK = `expected eip155:<chain id> or one of ${NETWORK_NAMES.join(', ')}`

const EXPECTED_ID = 'expected an id in quotes: 64 hexadecimal digits in small letters'

const ruleName = z.string('expected a name for this rule').min(1, 'expected a name for this rule').max(80, 'expected at most 80 characters')

const KeygenRule = z.strictObject({
  name: ruleName,
  /** Whose call may be followed: a one-time invitation this party made, a link it was given, a member of its wallets by name, its own REST door. */
  invited_by: listOf(oneOf(['own-invitation', 'link', 'known', 'self'])).min(1, 'expected at least one'),
  max_total: wholeNumber(2, MAX_PARTIES),
  max_threshold: wholeNumber(2, MAX_PARTIES),
  /** Whether the keys may have existed before, so that somebody may have them whole. Their first refresh is allowed with it. */
  imported: yesOrNo.default(false),
}, 'expected a rule')

/** Other devices, another threshold, or only new shares. */
const ReshareRule = z.strictObject({
  name: ruleName,
  /** Who asks: a member of the wallet, this party itself (REST, `KEY_ROTATION_DAYS`), or, where it is to join, as for a key generation. */
  asked_by: listOf(oneOf(['member', 'self', 'own-invitation', 'link', 'known'])).min(1, 'expected at least one'),
  max_total: wholeNumber(2, MAX_PARTIES),
  min_threshold: wholeNumber(2, MAX_PARTIES).default(2),
  max_threshold: wholeNumber(2, MAX_PARTIES),
  /** Whether nothing but the shares may change. */
  refresh_only: yesOrNo.default(false),
  /** Whether other members may lose their place. */
  may_drop: yesOrNo.default(false),
  /** Whether this party may lose its own. */
  may_leave: yesOrNo.default(false),
  /** In which roles somebody may come that is no member yet; by default nobody. */
  joining_roles: listOf(oneOf(['enterprise', 'mobile-app'])).default([]),
}, 'expected a rule')

const hexIds = listOf(z.string(EXPECTED_ID).regex(/^[0-9a-f]{64}$/, EXPECTED_ID)).min(1, 'expected at least one')

/** A whole key leaves its shares: both when that is announced and when it is taken. What a rule is about is always named. */
const ExportRule = z.strictObject({
  name: ruleName,
  /** Ids. */
  wallets: hexIds,
  /** Party ids of who may get a key. */
  to: hexIds,
}, 'expected a rule')

const MessageRule = z.strictObject({
  name: ruleName,
  kind: z.literal('message'),
  max_bytes: wholeNumber(1, MAX_MESSAGE_BYTES),
  /** Whether to sign although the preview warns of danger. */
  allow_danger: yesOrNo.default(false),
})

/** Addresses as people write them, in any capitals. */
const ethereumAddresses = listOf(z.string(EXPECTED_ADDRESS).regex(/^0x[0-9a-fA-F]{40}$/, EXPECTED_ADDRESS).toLowerCase()).min(1, 'expected at least one')
const ethereumNetworks = listOf(z.string(EXPECTED_NETWORK).transform((name, context) => {
  const network = readNetwork(name)
  if (network !== undefined) return network
  context.issues.push({ code: 'custom', message: EXPECTED_NETWORK, input: name })
  return z.NEVER
})).min(1, 'expected at least one')
/** What may leave the account with one transaction, the largest possible fee included. */
const maxAmountGwei = wholeNumber(1, MAX_GWEI)

const BitcoinRule = z.strictObject({
  name: ruleName,
  kind: z.literal('bitcoin'),
  networks: listOf(oneOf(BITCOIN_NETWORKS)).min(1, 'expected at least one'),
  /** What may leave the wallet in one transaction, fee included. */
  max_amount_sats: wholeNumber(1, MAX_SATS),
  /** Addresses; absent means any. */
  recipients: listOf(z.string('expected an address').min(1, 'expected an address')).min(1, 'expected at least one').optional(),
  allow_danger: yesOrNo.default(false),
})

/** Transactions of which the preview says what leaves the account: coins, and nothing else. */
const EthereumRule = z.strictObject({
  name: ruleName,
  kind: z.literal('ethereum'),
  networks: ethereumNetworks,
  max_amount_gwei: maxAmountGwei,
  /** Absent means any. */
  recipients: ethereumAddresses.optional(),
  allow_danger: yesOrNo.default(false),
})

/** Calls of contracts. What else than coins a call takes from the account no amount says, so the contracts are named. */
const EthereumCallRule = z.strictObject({
  name: ruleName,
  kind: z.literal('ethereum-call'),
  networks: ethereumNetworks,
  contracts: ethereumAddresses,
  max_amount_gwei: maxAmountGwei,
  allow_danger: yesOrNo.default(false),
})

const EthereumMessageRule = z.strictObject({
  name: ruleName,
  kind: z.literal('ethereum-message'),
  max_bytes: wholeNumber(1, MAX_MESSAGE_BYTES),
  allow_danger: yesOrNo.default(false),
})

const EthereumTypedDataRule = z.strictObject({
  name: ruleName,
  kind: z.literal('ethereum-typed-data'),
  /** The domain has to name one of them. */
  networks: ethereumNetworks,
  /** Where given, the domain has to name one of them as its verifying contract. */
  contracts: ethereumAddresses.optional(),
  allow_danger: yesOrNo.default(false),
})

const SIGN_RULES = [MessageRule, BitcoinRule, EthereumRule, EthereumCallRule, EthereumMessageRule, EthereumTypedDataRule] as const
const RULE_KINDS = SIGN_RULES.map((rule) => rule.shape.kind.value).join(', ')

const SignRule = z.discriminatedUnion('kind', SIGN_RULES, {
  error: (issue) => (typeof issue.input === 'object' && issue.input !== null ? `expected one of ${RULE_KINDS}` : 'expected a rule'),
})

const rulesOf = <T extends z.ZodType<{ name: string }>>(rule: T) => listOf(rule)
  .max(MAX_RULES, `expected at most ${MAX_RULES} rules`)
  .refine((rules) => new Set(rules.map((one) => one.name)).size === rules.length, 'expected every rule to have a name of its own')
  .default([])

export const PolicyFile = z.strictObject({
  version: z.literal(1, 'expected 1, the only version there is'),
  keygen: rulesOf(KeygenRule),
  reshare: rulesOf(ReshareRule),
  sign: rulesOf(SignRule),
  export: rulesOf(ExportRule),
}, 'expected a policy: version, keygen, reshare, sign, export')

export type PolicyRules = z.output<typeof PolicyFile>
export type KeygenRule = z.output<typeof KeygenRule>
export type ReshareRule = z.output<typeof ReshareRule>
export type ExportRule = z.output<typeof ExportRule>
export type SignRule = z.output<typeof SignRule>
/** The rules of one kind. */
export type RuleOf<Kind extends SignRule['kind']> = Extract<SignRule, { kind: Kind }>
