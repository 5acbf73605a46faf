/** What a new wallet is made of, as a person hands it in. */
import { InputError } from '@trivet/protocol/core'
import { readTssLibShare } from '@trivet/protocol/import'
import type { ImportSource, ImportView } from '../api.ts'
import { readSecret } from './secret.ts'
import { dealtKey, dealtShare, holdersNeeded, wipeDealt, type Dealt } from './sharing.ts'
import { wiping } from './wiping.ts'

/**
 * Reads and checks it; a phrase takes some tenths of a second.
 * @param source the bytes of a file are left as they are; nothing of it is kept
 * @returns secret shares: the caller wipes them, `wipeDealt`
 * @throws {InputError} naming `key`, `phrase`, `passphrase`, `account`, `hex` or `suites`; of a file `file` or its field. No secret is in the message
 */
export function dealtSource(source: ImportSource): Dealt {
  if (source.kind === 'share') {
    const read = readTssLibShare(source.file)
    return wiping(read.share, () => dealtShare(read))
  }
  const key = readSecret(source.text, source.choices)
  return wiping(key.scalar, () => dealtKey(key, source.suites ?? key.suites))
}

/**
 * As `dealtSource`, for a wallet of so many devices.
 * @throws {InputError} also naming `places`, where more devices have to deal
 */
export function dealtFor(source: ImportSource, total: number): Dealt {
  const dealt = dealtSource(source)
  const needed = holdersNeeded(dealt)
  if (needed <= total) return dealt
  wipeDealt(dealt)
  throw new InputError('places', `expected at least ${needed} devices in all, since ${needed} files are needed, got ${total}`)
}

/** As `dealtSource`, what a person should see of it before anything happens. */
export function viewSource(source: ImportSource): ImportView {
  if (source.kind === 'share') {
    const { sharing: { suite, groupKey, threshold, holders }, share } = readTssLibShare(source.file)
    share.fill(0)
    return { keys: [{ suite, groupKey }], firstPath: [], warnings: [], holders: { needed: threshold, total: holders.length } }
  }
  const { scalar, suites, groupKey, chainCode, firstAddress, warnings } = readSecret(source.text, source.choices)
  scalar.fill(0)
  return { keys: suites.map((suite) => ({ suite, groupKey, ...(chainCode === undefined ? {} : { chainCode }) })), firstPath: firstAddress, warnings }
}
