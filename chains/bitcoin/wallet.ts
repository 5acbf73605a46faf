import type { GroupKey } from '@trivet/protocol/intent'
import { groupKeyOf } from '../keys.ts'
import type { OwnScript } from './own-script.ts'
import { segwitScript } from './segwit.ts'
import { taprootOutput, taprootScript } from './taproot.ts'

/**
 * The scripts of a wallet, Taproot first; a suite the wallet has no key of has none.
 * @throws {InvalidIntent} naming `keys` for a key that is none
 */
export function ownScripts(keys: readonly GroupKey[]): readonly OwnScript[] {
  const has = (suite: number): boolean => keys.some((key) => key.suite === suite)
  return [
    ...(has(3) ? [taprootScript(taprootOutput(groupKeyOf(3, keys)))] : []),
    ...(has(1) ? [segwitScript(groupKeyOf(1, keys))] : []),
  ]
}
