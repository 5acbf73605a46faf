/** Errors as a person reads them: what happened, what is safe, one next step (`docs/architecture.md`, Errors). */
import type { ErrorCode, MpcError, Pid } from '@trivet/protocol/core'
import type { ErrorView } from './views.ts'
import { YOU_DECLINED } from './session/live-session.ts'
import { nameOf, type SessionMember } from './session/member.ts'

export type Situation = 'keygen' | 'import' | 'unfinished' | 'reshare' | 'changing' | 'sign' | 'finish' | 'repair' | 'export' | 'exported'

const SAFE: Readonly<Record<Situation, string>> = {
  keygen: 'No key was made. Nothing was lost.',
  import: 'No wallet was made. The key is where it was.',
  unfinished: 'Your share is stored. The wallet will be finished as soon as all its devices are online again.',
  reshare: 'Nothing was changed. The wallet works as before.',
  changing: 'Your new share is stored beside the old one. The change will be finished as soon as its devices are online again; until then the wallet works as before.',
  sign: 'No signature was made.',
  finish: 'Nothing was changed. Your share is safe.',
  repair: 'Nothing was changed on this device. Your share is safe.',
  export: 'No part of the key has left this device.',
  exported: 'This device gave its part, or was about to: from now on the wallet counts as exported. No key came out here.',
}

/**
 * @param names of the culprits, joined for a sentence
 * @returns `safe` where the situation alone does not tell it
 */
type Words = (names: string, detail: string) => { readonly sentence: string; readonly next: string; readonly safe?: string }

const AGAIN = 'You can try again with the same devices.'
const cheated: Words = (names) => ({
  sentence: `${names} sent something that breaks the rules. The others noticed and stopped.`,
  next: 'Look at that device before you use it again: it may be out of date, faulty, or not under its owner\'s control.',
})

/** A pair is over (`protocol.md` §A.8). Without a name it is what another device said when it stopped. */
const banned: Words = (names) => (names === '' ? {
  sentence: 'A safety check between two other devices failed while signing.',
  next: 'Look at every device that took part, and choose other devices if you can.',
} : {
  sentence: `${names} failed a safety check while signing. No signature was made, and signing with ${names} is now blocked on this device: `
    + 'trying again could give away part of the key.',
  next: 'Sign with other devices, and look at that one before you trust it again: it may be faulty, or not under its owner\'s control.',
})
const setUpFailed: Words = (names) => ({
  sentence: `The secure set-up with ${names === '' ? 'another device' : names} did not pass its check.`,
  next: 'Try again; if it happens again, look at that device before you use it.',
})

const WORDS: Partial<Record<ErrorCode, Words>> = {
  E_TIMEOUT: (names) => ({ sentence: names === '' ? 'The other devices stopped answering.' : `${names} stopped answering.`, next: 'Check that it is on and that its page is open, then try again.' }),
  E_TRANSPORT: (names) => ({ sentence: names === '' ? 'The connection was lost.' : `The connection to ${names} was lost.`, next: AGAIN }),
  E_DECLINED: (_, detail) => ({
    sentence: sentenceOf(detail),
    next: detail.startsWith(YOU_DECLINED) ? 'Nothing more is needed from you.' : 'Ask them why, or choose other devices.',
  }),
  E_POLICY: (_, detail) => ({ sentence: sentenceOf(detail), next: 'Ask whoever runs that server to change its rules, or choose other devices.' }),
  E_WORDS: (_, detail) => ({
    sentence: `${sentenceOf(detail)} Somebody may be standing between your devices, pretending to each of them to be the other.`,
    next: 'Start again, and pass the links on in another way. If the words differ again, do not use this introduction server.',
  }),
  E_IDENTITY: (_, detail) => ({
    sentence: sentenceOf(detail),
    next: 'Ask whose device it is. If it is new or was set up anew, forget the old one in the list of known devices, or have the new one renamed. '
      + 'If nobody knows of it, somebody may be trying to pass for that device.',
  }),
  E_EXPIRED_LINK: () => ({ sentence: 'This link has expired: a link is good for ten minutes.', next: 'Ask for a new link.' }),
  E_USED_LINK: () => ({ sentence: 'This link was used already: each is for one device.', next: 'Ask for a link of its own for this device.' }),
  E_INTERCEPTED: (names) => ({
    sentence: `The introduction server tried to stand between you and ${names === '' ? 'another device' : names}. The connection was refused.`,
    next: 'Do not use this server. Tell whoever runs it, and start again with another one.',
  }),
  E_CANCELLED: (_, detail) => ({ sentence: sentenceOf(detail), next: AGAIN }),
  // Before there is a roster, the error itself says who it is.
  E_VERSION: (names, detail) => ({
    sentence: names === '' ? sentenceOf(detail) : `${names} runs another version of Trivet.`, next: 'Reload the page on every device, then try again.',
  }),
  E_UNAUTHORIZED: (_, detail) => ({ sentence: sentenceOf(detail), next: 'Ask for a new link.' }),
  E_CONFIG: (_, detail) => ({ sentence: `The invitation cannot be used: ${detail}.`, next: 'Ask for a new one.' }),
  E_DEGENERATE: () => ({ sentence: 'By an extraordinary chance the numbers did not work out.', next: AGAIN }),
  E_STORAGE: () => ({ sentence: 'This device could not store the result.', next: 'Free some space, or allow this page to store data, then try again.' }),
  E_SID: (names, detail) => (names === '' ? { sentence: 'The devices were not shown the same thing.', next: AGAIN } : cheated(names, detail)),
  E_ECHO: (names, detail) => (names === '' ? { sentence: 'The devices did not hear the same thing, and it cannot be told why.', next: AGAIN } : cheated(names, detail)),
  E_OT_CHECK: banned,
  E_RVOLE_CHECK: banned,
  E_GAMMA_U: banned,
  E_GAMMA_V: banned,
  E_BANNED: (names) => ({
    sentence: names === '' ? 'Another device refuses to sign with one of these devices, since a safety check failed.'
      : `Signing with ${names} is blocked on this device, since a safety check with it failed.`,
    next: 'Choose other devices, or set that one up anew for signing once you trust it again.',
  }),
  E_PAIR_STATE: (names) => ({
    sentence: names === '' ? 'Two devices no longer hold matching secrets for signing together.'
      : `This device and ${names} no longer hold matching secrets for signing together: one of them stopped in the middle of a signature, or was restored from an older state.`,
    next: 'Set the two up anew for signing with each other, or choose other devices.',
  }),
  E_PPRF: setUpFailed,
  E_ROLL: setUpFailed,
  E_PKSUM: (names) => ({
    sentence: names === '' ? 'What the devices hold does not add up to the key.' : `What ${names} contributed does not add up to the key.`,
    next: 'Choose other devices.',
  }),
  E_SIG_INVALID: (names) => ({
    sentence: `${names === '' ? 'One of the devices' : names} spoiled the signature at the last step.`,
    safe: 'The key is safe. But whoever spoiled it may hold a valid signature: treat the payment as possibly sent.',
    next: 'Look at the chain before you try again, then sign with other devices.',
  }),
  E_BUG: () => ({ sentence: 'Trivet made a mistake of its own.', next: 'Please report it with the details below.' }),
}

export function explain(error: MpcError, members: readonly SessionMember[], situation: Situation): ErrorView {
  const deviceOf = (pid: Pid): string => members.find((member) => member.pid === pid)?.card.partyId ?? `${pid}`
  // A device may take part under two share indices, and is named once.
  const named = error.culprits.filter((pid, i, all) => all.findIndex((one) => deviceOf(one) === deviceOf(pid)) === i)
  const culprits = named.map((index: Pid) => ({ index, name: nameOf(members, index) }))
  const names = culprits.map(({ name }) => name).join(', ')
  const words = WORDS[error.code] ?? (culprits.length > 0 ? cheated : (): ReturnType<Words> => ({ sentence: sentenceOf(error.message), next: AGAIN }))
  return { code: error.code, safe: SAFE[situation], ...words(names, error.message), culprits, details: `${error.code}: ${error.message}` }
}

/** Messages are lower case and without a full stop; people read sentences. */
function sentenceOf(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}
