/** What the calls take. Unknown fields are refused, so that a misspelt one is not silently without effect. */
import { BITCOIN_NETWORKS } from '@trivet/chains'
import { z } from 'zod'
import { problemsOf } from '../problems.ts'
import { invalidRequest } from './errors.ts'

const MAX_PARTIES = 16
const MAX_WAIT_SECONDS = 60

/** The protocols of one key generation, by suite. */
export const PROTOCOL_NAMES = { 1: 'dkls23', 2: 'frost-ed25519', 3: 'frost-secp256k1-tr' } as const
export const PROTOCOLS = [PROTOCOL_NAMES[1], PROTOCOL_NAMES[2], PROTOCOL_NAMES[3]] as const
export type Protocol = (typeof PROTOCOLS)[number]

export const SESSION_TYPES = ['keygen', 'reshare', 'refresh', 'import', 'sign', 'repair', 'export'] as const
export const SESSION_STATUSES = ['created', 'waiting', 'in_progress', 'completed', 'failed', 'expired', 'cancelled'] as const

const wholeNumber = (min: number, max: number) => {
  const expected = `expected a whole number from ${min} to ${max}`
  return z.int(expected).min(min, expected).max(max, expected)
}
const numberInQuery = (min: number, max: number) => z.string().regex(/^\d{1,4}$/, `expected a whole number from ${min} to ${max}`)
  .transform(Number).pipe(wholeNumber(min, max))
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, `expected one of ${values.join(', ')}`)

const keyId = z.string('expected a key id: 64 hexadecimal digits').regex(/^[0-9a-f]{64}$/, 'expected a key id: 64 hexadecimal digits')
const sessionId = z.uuid('expected a session id: a UUID')

const EXPECTED_PATH = 'expected a path such as m/0/5'
/** Hexadecimal digits, with or without 0x before them. */
const hexBytes = (what: string, min: number, max: number) => {
  const expected = `expected ${what} in hexadecimal digits`
  return z.string(expected).regex(/^(?:0x)?(?:[0-9a-f]{2})*$/i, expected).transform((text) => Uint8Array.from(Buffer.from(text.replace(/^0x/i, ''), 'hex')))
    .refine(({ length }) => length >= min && length <= max, expected)
}

const Place = z.strictObject({ place: wholeNumber(2, MAX_PARTIES) }, 'expected a place to be filled by link: {"place": 2}')

export const KeygenBody = z.strictObject({
  threshold: wholeNumber(2, MAX_PARTIES),
  participants: z.array(Place, 'expected a list of places').min(1, 'expected at least one place')
    .refine((places) => isCountFromTwo(places.map(({ place }) => place)), 'expected the places 2, 3, … without a gap, each once (place 1 is this party)'),
  protocols: z.array(oneOf(PROTOCOLS), 'expected a list of protocols')
    .refine(
      (given) => new Set(given).size === PROTOCOLS.length && given.length === PROTOCOLS.length,
      `expected each of ${PROTOCOLS.join(', ')}: one ceremony makes all keys`,
    )
    .optional(),
  name: z.string('expected a name').trim().min(1, 'expected a name').max(64, 'expected at most 64 characters').default('Wallet'),
}, 'expected a JSON object').refine(({ threshold, participants }) => threshold <= participants.length + 1, {
  path: ['threshold'], error: 'expected at most the number of parties',
})

/** A member or another known party, by its id or its name; or a place for whoever gets its link. */
const Participant = z.union(
  [z.string().min(1).max(64), z.strictObject({ place: wholeNumber(2, MAX_PARTIES) })],
  'expected a party id, the name of a known party, or a place to be filled by link: {"place": 2}',
)
export type Participant = z.output<typeof Participant>

const wallet = {
  key_id: keyId.optional(),
  /** The session that made the key, where this party remembers it. */
  session_id: sessionId.optional(),
}
const namesOneWallet = (body: { readonly key_id?: unknown; readonly session_id?: unknown }): boolean => countGiven(body.key_id, body.session_id) === 1
const ONE_WALLET = { path: ['key_id'], error: 'expected either key_id or session_id' }

export const ReshareBody = z.strictObject({
  ...wallet,
  new_threshold: wholeNumber(2, MAX_PARTIES),
  /** All others; this party stays in any case, and may be among them. */
  new_participants: z.array(Participant, 'expected a list of participants').min(1, 'expected at least one participant').max(MAX_PARTIES, `expected at most ${MAX_PARTIES} participants`)
    .refine((given) => {
      const places = given.flatMap((one) => (typeof one === 'string' ? [] : [one.place]))
      return new Set(places).size === places.length
    }, 'expected each place once'),
}, 'expected a JSON object').refine(namesOneWallet, ONE_WALLET)

export const RefreshBody = z.strictObject(wallet, 'expected a JSON object').refine(namesOneWallet, ONE_WALLET)

const CHAINS = ['ethereum', 'bitcoin', 'solana'] as const
export type Chain = (typeof CHAINS)[number]

const MAX_ACCOUNTS = 100
const MAX_LABEL_BYTES = 64

export const AddressBody = z.strictObject({
  /** Needed of an ECDSA key alone, which has two. */
  chain: oneOf(CHAINS).optional(),
  /** Of any key below the group key; nothing is written down. */
  path: z.string(EXPECTED_PATH).optional(),
  /** Of an account that is in the list; by default the next is added. */
  index: wholeNumber(0, MAX_ACCOUNTS - 1).optional(),
  /** Plain text, so that the party keeps it as it is. */
  label: z.string('expected a text').normalize('NFC').trim().regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'expected one line of plain text')
    .refine((text) => Buffer.byteLength(text) <= MAX_LABEL_BYTES, `expected at most ${MAX_LABEL_BYTES} bytes`).optional(),
}, 'expected a JSON object').refine(({ path, index, label }) => path === undefined || countGiven(index, label) === 0, {
  path: ['path'], error: 'belongs to no account of the list: expected neither index nor label beside it',
})

/** A text, or what its JSON says. */
type FieldsOrText = string | Readonly<Record<string, unknown>>
const fieldsOrText = (expected: string) => z.union([z.string(), z.record(z.string(), z.unknown())], expected)

export const SignBody = z.strictObject({
  ...wallet,
  message: z.string('expected a text').optional(),
  /** A PSBT in base64 or hex; an Ethereum transaction as hex after 0x (unsigned, serialised), or as its fields. */
  transaction: fieldsOrText('expected a PSBT, or an unsigned Ethereum transaction').optional(),
  /** EIP-712. */
  typed_data: fieldsOrText('expected typed data: an object, or its JSON').optional(),
  /** Known, so that it can be refused by policy rather than as a misspelt field. */
  message_hash: z.string('expected a text').optional(),
  /** Of a PSBT, which does not say it itself; by default mainnet. */
  network: oneOf(BITCOIN_NETWORKS).optional(),
  /** Below the ECDSA key: m/0/5 */
  path: z.string(EXPECTED_PATH).optional(),
  protocol: oneOf(PROTOCOLS).optional(),
  signers: z.array(wholeNumber(1, MAX_PARTIES), 'expected a list of share indices')
    .refine((given) => new Set(given).size === given.length, 'expected each share index once').optional(),
}, 'expected a JSON object')
  .refine(namesOneWallet, ONE_WALLET)
  .refine((body) => countGiven(body.message, body.transaction, body.typed_data, body.message_hash) === 1, {
    path: ['message'], error: 'expected one of message, transaction, typed_data',
  })
  .refine(({ network, transaction }) => network === undefined || (transaction !== undefined && !isEthereumTransaction(transaction)), {
    path: ['network'], error: 'belongs to a PSBT',
  })
export type SignBody = z.output<typeof SignBody>

/** Everything but a PSBT, which begins with `cHNidP` or `70736274ff`. */
export function isEthereumTransaction(transaction: FieldsOrText): boolean {
  return typeof transaction !== 'string' || /^\s*(?:0x|\{)/i.test(transaction)
}

export const VerifyBody = z.strictObject({
  key_id: keyId.optional(),
  public_key: hexBytes('a public key: 32 or 33 bytes', 32, 33).optional(),
  protocol: oneOf(PROTOCOLS),
  message: z.string('expected a text').optional(),
  message_hash: hexBytes('a digest: 32 bytes', 32, 32).optional(),
  signature: hexBytes('a signature: 64 or 65 bytes', 64, 65),
  path: z.string(EXPECTED_PATH).optional(),
}, 'expected a JSON object')
  .refine((body) => countGiven(body.key_id, body.public_key) === 1, { path: ['key_id'], error: 'expected either key_id or public_key' })
  .refine((body) => countGiven(body.message, body.message_hash) === 1, { path: ['message'], error: 'expected either message or message_hash' })
export type VerifyBody = z.output<typeof VerifyBody>

export const WaitQuery = z.strictObject({ wait: numberInQuery(0, MAX_WAIT_SECONDS).default(0) })

export const ListQuery = z.strictObject({
  type: oneOf(SESSION_TYPES).optional(),
  status: oneOf(SESSION_STATUSES).optional(),
  limit: numberInQuery(1, 200).default(50),
})

export const NoQuery = z.strictObject({})
export const NoBody = z.strictObject({}, 'expected no body').nullish()

export const SessionPath = z.strictObject({ id: sessionId })
export const KeyPath = z.strictObject({ key_id: keyId })
export const PairPath = z.strictObject({ key_id: keyId, index: numberInQuery(1, MAX_PARTIES) })

/** @throws ApiError invalid_request, naming each field */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw invalidRequest(problemsOf(parsed.error))
  return parsed.data
}

function isCountFromTwo(places: readonly number[]): boolean {
  return [...places].sort((a, b) => a - b).every((place, i) => place === i + 2)
}

function countGiven(...values: readonly unknown[]): number {
  return values.filter((value) => value !== undefined).length
}
