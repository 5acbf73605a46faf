import type { GroupKey } from '@trivet/protocol/intent'
import { keyAt } from '../keys.ts'
import type { Path } from '../path.ts'
import type { PlacedScript } from './own-script.ts'
import { segwitScript } from './segwit.ts'
import { taprootOutput, taprootScript } from './taproot.ts'

/**
 * The scripts of a wallet at some of its paths, Taproot first at each; a suite the wallet has no key of has none.
 * @throws {InvalidIntent} naming `keys` for a key that is none, or `path`
 */
export function ownScripts(keys: readonly GroupKey[], paths: readonly Path[]): readonly PlacedScript[] {
  const has = (suite: number): boolean => keys.some((key) => key.suite === suite)
  return paths.flatMap((path) => [
    ...(has(3) ? [{ ...taprootScript(taprootOutput(keyAt(3, keys, path))), path }] : []),
    ...(has(1) ? [{ ...segwitScript(keyAt(1, keys, path)), path }] : []),
  ])
}
