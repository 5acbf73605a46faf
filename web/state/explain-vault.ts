import { PasskeyError } from '../platform/passkey.ts'
import type { Text } from '../text/en.ts'
import { codeOf, explain, type Trouble } from './explain.ts'

type FileErrors = Text['fileErrors']['prove']

function isOfFile(code: string, errors: FileErrors): code is keyof FileErrors {
  return Object.hasOwn(errors, code)
}

/** What an error means where a backup file was given: to be proved, or to be restored from. */
export function explainFile(error: unknown, text: Text, what: 'prove' | 'restore'): Trouble {
  const errors = text.fileErrors[what]
  const code = codeOf(error)
  const { details, ...general } = explain(error, text)
  return { ...(isOfFile(code, errors) ? errors[code] : general), details }
}

/** What an error means where a way into the vault was tried: passphrase or passkey. */
export function explainOpening(error: unknown, text: Text): Trouble {
  if (!(error instanceof PasskeyError)) return explain(error, text)
  return { ...text.passkeyErrors[error.reason], details: `passkey: ${error.message}` }
}
