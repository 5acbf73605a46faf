import { VaultError } from '@trivet/protocol/core'

/** More than any backup file is long: a film that was dropped by mistake is not read. */
const MAX_BYTES = 1_048_576

/** @throws {VaultError} E_DAMAGED: it is no backup file, or it cannot be read (any more) */
export async function bytesOfFile(file: File): Promise<Uint8Array> {
  if (file.size > MAX_BYTES) throw new VaultError('E_DAMAGED', `expected at most ${String(MAX_BYTES)} bytes, got ${String(file.size)}`)
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch (error) {
    throw new VaultError('E_DAMAGED', 'the file cannot be read', { cause: error })
  }
}
