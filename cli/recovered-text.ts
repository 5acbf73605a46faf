import { type Account, type KeyForm, keyTexts, type Path, type WholeKey } from '@trivet/chains'
import { formatPath } from '@trivet/protocol/derive'

const TITLES = { 1: 'ECDSA, secp256k1 (Ethereum, Bitcoin SegWit)', 2: 'Ed25519 (Solana and others)', 3: 'BIP-340, secp256k1 (Bitcoin Taproot)' } as const

const FORMS: Readonly<Record<KeyForm, string>> = {
  'hex': 'private key, hex', 'wif': 'WIF', 'xprv': 'xprv', 'wif-testnet': 'WIF, testnet', 'tprv': 'tprv, testnet', 'scalar': 'scalar, hex, little-endian',
}

const SCALAR_NOTE = 'A bare scalar, not a seed: most wallets cannot import it. The public key is the scalar times the base point.'
const CHILDREN_NOTE = 'Keys below it follow from no other program: give their paths with --path.'

/** The keys for a terminal. Secret. @throws {InvalidIntent} naming `path` */
export function recoveredText(keys: readonly WholeKey[], paths: readonly Path[]): string {
  return keys.map((key) => [TITLES[key.suite], ...[[], ...paths].map((path) => keyText(key, path))].join('\n')).join('\n\n')
}

function keyText(key: WholeKey, path: Path): string {
  const { texts, publicKey, accounts } = keyTexts(key, path)
  const secret = texts.map(({ form, text }) => [FORMS[form], text] as const)
  const rows = [...accounts.flatMap(accountRows), ['public key', publicKey] as const, ...secret]
  const width = Math.max(...rows.map(([name]) => name.length))
  const notes = key.suite === 2 ? [SCALAR_NOTE, ...(path.length === 0 ? [CHILDREN_NOTE] : [])] : []
  return [...(path.length === 0 ? [] : [`  ${formatPath(path)}`]), ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`), ...notes.map((note) => `  ${note}`)].join('\n')
}

function accountRows(account: Account): readonly (readonly [string, string])[] {
  switch (account.chain) {
    case 'bitcoin': return [[account.label, account.addresses.mainnet], [`${account.label}, testnet`, account.addresses.testnet]]
    case 'ethereum':
    case 'solana': return [[account.label, account.address]]
    case 'ed25519': return []
  }
}
