/** Backup files of all versions and the keys that are in them: test wallets, of use to nobody. Evidence, never made anew. */
import first from '../recovery/vectors/v1.json' with { type: 'json' }
import second from '../recovery/vectors/v2.json' with { type: 'json' }

/**
 * Of Savings, 2 of 2, and Shop, 2 of 3 with one file missing: files of Anna and Ben, version 1. Of another Savings, 2 of 3, after its devices
 * have changed: version 2. Each has a passphrase of its own.
 */
export const FROZEN_BACKUPS = [...first, ...second].map(({ files, ...facts }) => ({
  ...facts, files: files.map(({ file, ...about }) => ({ ...about, bytes: Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0)) })),
}))
