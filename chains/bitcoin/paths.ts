/** Which of a wallet's accounts a transaction is about: found by the one who asks, checked by everybody. */
import { Address, OutScript } from '@scure/btc-signer'
import { hex } from '@scure/base'
import type { GroupKey } from '@trivet/protocol/intent'
import type { Account } from '../accounts.ts'
import { InvalidIntent } from '../errors.ts'
import { keyAt } from '../keys.ts'
import { type Path, requirePath, samePath } from '../path.ts'
import { ADDRESS_FORMATS } from './network.ts'
import { parsePsbt, spentBy } from './psbt.ts'
import { ownScripts } from './wallet.ts'

/** Most accounts of a wallet in one transaction, beside the first: each is derived on every device. */
const MAX_PATHS = 16
/** Most paths that are tried of those that a PSBT names: it may hold many of others' wallets. */
const MAX_TRIED = 32
/** Hardened indices begin here. */
const HARDENED = 0x8000_0000

/** What the one who asks knows of the wallet, to find the accounts that a transaction is about. */
export interface WalletFacts {
  readonly keys: readonly GroupKey[]
  /** Known accounts; others are found where the PSBT itself says how their keys are derived (BIP-32 fields). */
  readonly accounts: readonly Account[]
}

/** The paths of all accounts but the first that a transaction spends from or pays to. @param psbt in normal form */
export function pathsIn(psbt: Uint8Array, { keys, accounts }: WalletFacts): readonly Path[] {
  const tx = parsePsbt(psbt)
  const inputs = Array.from({ length: tx.inputsLength }, (_, i) => tx.getInput(i))
  const outputs = Array.from({ length: tx.outputsLength }, (_, i) => tx.getOutput(i))
  const all = [...inputs.map((input) => spentBy(input)?.script), ...outputs.map(({ script }) => script)]
  const scripts = new Set(all.map((script) => hex.encode(script ?? NONE)))
  const known = accounts.flatMap((account) => (scripts.has(scriptOf(account)) ? [account.path] : []))
  // One key stands in many places of a PSBT.
  const named = new Map([...inputs, ...outputs].flatMap((part) => [...bip32Paths(part), ...taprootPaths(part)]).map((name) => [`${name.key} ${name.path.join()}`, name]))
  const own = [...named.values()].slice(0, MAX_TRIED).flatMap((name) => (isOwn(name, keys) ? [name.path] : []))
  return [...known, ...own.filter((path) => ownScripts(keys, [path]).some(({ script }) => scripts.has(hex.encode(script))))]
}

/** Each path once and none empty, ascending. @throws {InvalidIntent} where there are more of them than a request may have */
export function inOrder(paths: readonly Path[]): readonly Path[] {
  const sorted = paths.filter((path, i) => path.length > 0 && paths.findIndex((other) => samePath(other, path)) === i).toSorted(compare)
  requireInOrder(sorted)
  return sorted
}

/** @throws {InvalidIntent} unless each path comes once, none is empty, and they ascend */
export function requireInOrder(paths: readonly Path[]): void {
  if (paths.length > MAX_PATHS) throw new InvalidIntent('path', `expected at most ${MAX_PATHS} other accounts of this wallet in one transaction, got ${paths.length}`)
  for (const [i, path] of paths.entries()) {
    requirePath(path)
    const before = paths[i - 1]
    if (path.length === 0 || (before !== undefined && compare(before, path) >= 0)) throw new InvalidIntent('path', 'expected different paths in ascending order')
  }
}

/** By the first index that differs; a path before those that go on from it. */
function compare(a: Path, b: Path): number {
  const at = a.findIndex((index, i) => index !== b[i])
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1)
}

const NONE = new Uint8Array()

/** Hex; the same on every network. */
function scriptOf(account: Account): string {
  return account.chain === 'bitcoin' ? hex.encode(OutScript.encode(Address(ADDRESS_FORMATS.mainnet).decode(account.addresses.mainnet))) : 'none'
}

interface Named {
  readonly suite: 1 | 3
  /** Hex: 33 bytes, of Taproot 32. */
  readonly key: string
  readonly path: Path
}

type Part = Parameters<typeof spentBy>[0] | ReturnType<ReturnType<typeof parsePsbt>['getOutput']>

function bip32Paths({ bip32Derivation = [] }: Part): readonly Named[] {
  return bip32Derivation.map(([key, { path }]) => ({ suite: 1, key: hex.encode(key), path: belowAccount(path) }))
}

function taprootPaths({ tapBip32Derivation = [] }: Part): readonly Named[] {
  // The library's type says nothing of what is inside.
  const entries: readonly (readonly [Uint8Array, { readonly der: { readonly path: Path } }])[] = tapBip32Derivation
  return entries.map(([key, { der: { path } }]) => ({ suite: 3, key: hex.encode(key), path: belowAccount(path) }))
}

/** The group key is an account key to other programs: they may write the hardened way to it that they believe in. */
const belowAccount = (path: Path): Path => path.slice(path.findLastIndex((index) => index >= HARDENED) + 1)

function isOwn({ suite, key, path }: Named, keys: readonly GroupKey[]): boolean {
  if (path.length === 0 || !keys.some((own) => own.suite === suite)) return false
  try {
    return hex.encode(keyAt(suite, keys, path)).endsWith(key)
  } catch (error) {
    // Too deep to be one of ours.
    if (error instanceof InvalidIntent && error.field === 'path') return false
    throw error
  }
}
