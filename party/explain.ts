/** Errors as a person reads them: what happened, what is safe, one next step (`docs/architecture.md`, Errors). */
import type { ErrorCode, MpcError, Pid } from '@trivet/protocol/core'
import type { ErrorView } from './api.ts'
import { nameOf, type SessionMember } from './session/member.ts'

export type Situation = 'keygen' | 'unfinished' | 'sign' | 'finish'

const SAFE: Readonly<Record<Situation, string>> = {
  keygen: 'No key was made. Nothing was lost.',
  unfinished: 'Your share is stored. The wallet will be finished as soon as all its devices are online again.',
  sign: 'No signature was made.',
  finish: 'Nothing was changed. Your share is safe.',
}

/** @param names of the culprits, joined for a sentence */
type Words = (names: string, detail: string) => { readonly sentence: string; readonly next: string }

const AGAIN = 'You can try again with the same devices.'
const cheated: Words = (names) => ({
  sentence: `${names} sent something that breaks the rules. The others noticed and stopped.`,
  next: 'Look at that device before you use it again: it may be out of date, faulty, or not under its owner\'s control.',
})

const WORDS: Partial<Record<ErrorCode, Words>> = {
  E_TIMEOUT: (names) => ({ sentence: names === '' ? 'The other devices stopped answering.' : `${names} stopped answering.`, next: 'Check that it is on and that its page is open, then try again.' }),
  E_TRANSPORT: (names) => ({ sentence: names === '' ? 'The connection was lost.' : `The connection to ${names} was lost.`, next: AGAIN }),
  E_DECLINED: (_, detail) => ({ sentence: sentenceOf(detail), next: 'Ask them why, or choose other devices.' }),
  E_POLICY: (_, detail) => ({ sentence: sentenceOf(detail), next: 'Ask whoever runs that server to change its rules, or choose other devices.' }),
  E_INTERCEPTED: (names) => ({
    sentence: `The introduction server tried to stand between you and ${names === '' ? 'another device' : names}. The connection was refused.`,
    next: 'Do not use this server. Tell whoever runs it, and start again with another one.',
  }),
  E_CANCELLED: (_, detail) => ({ sentence: sentenceOf(detail), next: AGAIN }),
  E_VERSION: (names) => ({ sentence: `${names === '' ? 'Another device' : names} runs another version of Trivet.`, next: 'Reload the page on every device, then try again.' }),
  E_UNAUTHORIZED: (_, detail) => ({ sentence: sentenceOf(detail), next: 'Ask for a new link.' }),
  E_CONFIG: (_, detail) => ({ sentence: `The invitation cannot be used: ${detail}.`, next: 'Ask for a new one.' }),
  E_DEGENERATE: () => ({ sentence: 'By an extraordinary chance the numbers did not work out.', next: AGAIN }),
  E_STORAGE: () => ({ sentence: 'This device could not store the result.', next: 'Free some space, or allow this page to store data, then try again.' }),
  E_SID: (names, detail) => (names === '' ? { sentence: 'The devices were not shown the same thing.', next: AGAIN } : cheated(names, detail)),
  E_ECHO: (names, detail) => (names === '' ? { sentence: 'The devices did not hear the same thing, and it cannot be told why.', next: AGAIN } : cheated(names, detail)),
  E_BUG: () => ({ sentence: 'Trivet made a mistake of its own.', next: 'Please report it with the details below.' }),
}

export function explain(error: MpcError, members: readonly SessionMember[], situation: Situation): ErrorView {
  const culprits = error.culprits.map((index: Pid) => ({ index, name: nameOf(members, index) }))
  const names = culprits.map(({ name }) => name).join(', ')
  const words = WORDS[error.code] ?? (culprits.length > 0 ? cheated : (): ReturnType<Words> => ({ sentence: sentenceOf(error.message), next: AGAIN }))
  return { code: error.code, ...words(names, error.message), safe: SAFE[situation], culprits, details: `${error.code}: ${error.message}` }
}

/** Messages are lower case and without a full stop; people read sentences. */
function sentenceOf(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}
