import type { OpenWith } from '@trivet/party'
import { PasskeyError, type Passkeys, type StoredPasskey } from '../platform/passkey.ts'
import { codeOf } from '../state/explain.ts'

/**
 * Asks for one of these passkeys and does something with what it opens; its secret is gone afterwards.
 * @throws {PasskeyError} and whatever `use` throws
 */
export async function withPasskey(passkeys: Passkeys, stored: readonly StoredPasskey[], use: (opens: OpenWith) => Promise<void>): Promise<void> {
  const passkey = await passkeys.open(stored)
  try {
    await use({ passkey })
  } catch (error) {
    // The vault's code speaks of a passphrase, and none was given.
    throw codeOf(error) === 'E_PASSPHRASE' ? new PasskeyError('foreign', 'the vault does not open with its secret') : error
  } finally {
    passkey.secret.fill(0)
  }
}
