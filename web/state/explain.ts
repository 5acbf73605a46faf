import type { ErrorView } from '@trivet/party'
import type { Text } from '../text/en.ts'

/** What a person reads about an error: what happened, what is safe, one next step; `details` are to be passed on. */
export type Trouble = Pick<ErrorView, 'sentence' | 'safe' | 'next' | 'details'>

type Sentences = Text['errors']
type KnownCode = { [K in keyof Sentences]: Sentences[K] extends string ? never : K }[keyof Sentences]

function isKnown(code: string, errors: Sentences): code is KnownCode {
  return Object.hasOwn(errors, code) && code.startsWith('E_')
}

/** The code of an `MpcError`, also of one that crossed a message port. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'E_BUG'
}

/** What an error means where a link was given. */
const LINK_FLAWS = { E_INPUT: 'damaged', E_EXPIRED_LINK: 'expired', E_USED_LINK: 'used', E_CANCELLED: 'over' } as const

function isOfLink(code: string): code is keyof typeof LINK_FLAWS {
  return Object.hasOwn(LINK_FLAWS, code)
}

/** Turns a rejected verb into sentences in the page's language. `what` names the place for errors whose code alone says little. */
export function explain(error: unknown, text: Text, what: 'link' | 'other' = 'other'): Trouble {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  const details = `${code}: ${message}`
  if (what === 'link' && isOfLink(code)) return { ...text.links[LINK_FLAWS[code]], details }
  return { ...(isKnown(code, text.errors) ? text.errors[code] : text.errors.other), details }
}
