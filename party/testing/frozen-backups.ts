/** Backup files of version 1 and the keys that are in them: test wallets, of use to nobody. Evidence, never made anew. */
import frozen from '../recovery/vectors/v1.json' with { type: 'json' }

/** Of Savings, 2 of 2, and Shop, 2 of 3 with one file missing: files of Anna and Ben, each with a passphrase of its own. */
export const FROZEN_BACKUPS = frozen.map(({ files, ...facts }) => ({
  ...facts, files: files.map(({ file, ...about }) => ({ ...about, bytes: Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0)) })),
}))
