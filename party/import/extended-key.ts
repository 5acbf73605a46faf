/** Extended private keys (xprv and its kin). Source: BIP-32; prefixes SLIP-132. */
import { HDKey } from '@scure/bip32'
import { InputError, toNumber, type SuiteId } from '@trivet/protocol/core'
import { accountNode, oldAddresses, type AccountChoice } from './accounts.ts'
import { fromBase58check } from './base58.ts'
import { secp256k1Key, type ImportedKey } from './imported-key.ts'
import { descendSecp256k1 } from './tree.ts'
import { wiping } from './wiping.ts'

interface Version {
  readonly prefix: string
  readonly suites: readonly SuiteId[]
  readonly what: string
  readonly foreign?: string
}

const VERSIONS: ReadonlyMap<number, Version> = new Map<number, Version>([
  [0x0488ade4, { prefix: 'xprv', suites: [1, 3], what: 'an account' }],
  [0x049d7878, { prefix: 'yprv', suites: [1], what: 'an account of SegWit in P2SH (3…)', foreign: '3…' }],
  [0x04b2430c, { prefix: 'zprv', suites: [1], what: 'an account of SegWit (bc1q…)' }],
  [0x04358394, { prefix: 'tprv', suites: [1, 3], what: 'an account on a test network' }],
  [0x044a4e28, { prefix: 'uprv', suites: [1], what: 'an account of SegWit in P2SH on a test network', foreign: '2…' }],
  [0x045f18bc, { prefix: 'vprv', suites: [1], what: 'an account of SegWit on a test network' }],
])
const PUBLIC = new Set([0x0488b21e, 0x049d7cb2, 0x04b24746, 0x043587cf, 0x044a5262, 0x045f1cf6, 0x0295b43f, 0x02aa7ed3, 0x024289ef, 0x02575483])
/** They hold one of several keys that a script asks for. */
const MULTISIG = new Set([0x0295b005, 0x02aa7a99, 0x024285b5, 0x02575048])

const BYTES = 78
const AT_DEPTH = 4
const AT_CHAIN_CODE = 13
const AT_KEY = 45
/** Levels of BIP-44: m / purpose' / coin' / account' / change / address. */
const ACCOUNT_DEPTH = 3

/**
 * The key as it is, or, for the top of a seed's tree, an account below it. As it is it goes on to children that are not hardened, and to no others.
 * @param choice an account, for keys of depth 0 alone
 * @throws {InputError} naming `key` or `account`
 */
export function readExtendedKey(text: string, choice?: AccountChoice): ImportedKey {
  const bytes = fromBase58check(text)
  return wiping(bytes, () => {
    const version = versionOf(bytes)
    const depth = checkFields(bytes)
    const key = itself(bytes, version, depth)
    if (choice === undefined) return key
    return wiping(key.scalar, () => accountBelow(bytes, version, depth, choice))
  })
}

function versionOf(bytes: Uint8Array): Version {
  if (bytes.length !== BYTES) throw new InputError('key', `expected an extended key of ${BYTES} bytes, got ${bytes.length}`)
  const number = toNumber(bytes.subarray(0, AT_DEPTH))
  const version = VERSIONS.get(number)
  if (version !== undefined) return version
  if (PUBLIC.has(number)) throw new InputError('key', 'this is an extended public key: it shows addresses, and there is no secret in it to import')
  if (MULTISIG.has(number)) throw new InputError('key', 'this is one key of a multi-signature wallet, whose addresses need the others as well')
  throw new InputError('key', 'expected an extended private key of Bitcoin’s kind (xprv, yprv, zprv; tprv, uprv, vprv), got an unknown version')
}

/** What BIP-32 demands of the fields (its test vector 5). @returns the depth */
function checkFields(bytes: Uint8Array): number {
  const depth = bytes[AT_DEPTH] ?? 0
  if (bytes[AT_KEY] !== 0) throw new InputError('key', 'the version is of a private key, and the key in it is not')
  const above = bytes.subarray(AT_DEPTH + 1, AT_CHAIN_CODE)
  if (depth === 0 && above.some((byte) => byte !== 0)) throw new InputError('key', 'it says that it is the top of a tree, and that it has a parent or an index')
  return depth
}

function itself(bytes: Uint8Array, version: Version, depth: number): ImportedKey {
  const place = depth === ACCOUNT_DEPTH ? '' : `, at depth ${depth}`
  return secp256k1Key(bytes.subarray(AT_KEY + 1), {
    suites: version.suites,
    chainCode: bytes.slice(AT_CHAIN_CODE, AT_KEY),
    firstAddress: firstAddressAt(depth),
    description: depth === 0 ? `The top of a tree of keys (${version.prefix})` : `The key of ${version.what} (${version.prefix}${place})`,
    warnings: [...(depth === 0 ? ['top'] as const : []), ...oldAddresses(version.foreign)],
  })
}

/** Where BIP-44 puts the first address, seen from the depth of the key. */
function firstAddressAt(depth: number): readonly number[] {
  if (depth === ACCOUNT_DEPTH) return [0, 0]
  return depth === ACCOUNT_DEPTH + 1 ? [0] : []
}

function accountBelow(bytes: Uint8Array, { prefix }: Version, depth: number, choice: AccountChoice): ImportedKey {
  const account = accountNode(choice)
  if (depth !== 0) throw new InputError('account', 'this key is not the top of a tree: it can be brought along only as it is')
  if (account.curve !== 'secp256k1') throw new InputError('account', `${account.label} accounts come from the seed, which is not in an extended key`)
  const top = new HDKey({ privateKey: bytes.subarray(AT_KEY + 1), chainCode: bytes.subarray(AT_CHAIN_CODE, AT_KEY) })
  const { key, chainCode } = descendSecp256k1(top, account.indices)
  return wiping(key, () => secp256k1Key(key, {
    suites: account.suites,
    chainCode,
    firstAddress: account.firstAddress,
    description: `${account.label}, account ${choice.number} of the extended key (${prefix}, ${account.path})`,
    warnings: ['other-accounts', ...oldAddresses(account.foreign)],
  }))
}
