import { InputError } from '@trivet/protocol/core'
import type { Text } from '../text/en.ts'
import { codeOf, explain, type Trouble } from './explain.ts'

/** Of `Text.importErrors`, those that are about one field of the form. */
const FIELDS = { key: 'key', hex: 'key', phrase: 'phrase', passphrase: 'passphrase', account: 'account' } as const
/** What a file of tss-lib holds, and how its parts are named. */
const IN_FILE = /^(?:Xi|ShareID|Ks|BigXj|ECDSAPub|EDDSAPub)(?:$|[.[])/u

/** What an error means where a key that existed before was typed, or a file of it was chosen. */
export function explainImport(error: unknown, text: Text): Trouble {
  const { details, ...general } = explain(error, text)
  const t = text.importErrors
  if (codeOf(error) === 'E_DAMAGED') return { ...t.file, details }
  if (!(error instanceof InputError)) return { ...general, details }
  const { field, message } = error
  if (IN_FILE.test(field)) return { ...t.field(field), details }
  if (field === 'file') return { ...(message.includes('another wallet') ? t.other : t.file), details }
  if (!isField(field)) return { ...general, details }
  const positions = /word ([\d, ]+)$/u.exec(message)?.[1]
  return { ...t[FIELDS[field]], ...(positions === undefined ? {} : { sentence: t.word(positions) }), details }
}

function isField(field: string): field is keyof typeof FIELDS {
  return Object.hasOwn(FIELDS, field)
}
