import type { SessionView } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'
import type { Log } from './log.ts'

/**
 * Starts each key generation and each change of a wallet that this party coordinates as soon as every place is filled: nobody sits here to press the button.
 * Whether it may be made at all the policy decides, with everybody's name before it.
 * @returns a function that stops
 */
export function startWhenFilled(party: DrivenParty, log: Log): () => void {
  const started = new Set<SessionView['id']>()
  return party.subscribe(({ sessions }) => {
    for (const session of sessions.filter(isFilledLobby)) {
      if (started.has(session.id)) continue
      started.add(session.id)
      party.verbs.startKeygen({ session: session.id }).catch((error: unknown) => {
        log.warn({ session: session.id, reason: error instanceof Error ? error.message : 'unknown' }, 'a session could not be started')
      })
    }
    // Those that are gone from the view need not be remembered.
    for (const id of started) if (!sessions.some((session) => session.id === id)) started.delete(id)
  })
}

function isFilledLobby({ kind, coordinator, state }: SessionView): boolean {
  return (kind === 'keygen' || kind === 'reshare') && coordinator && state.at === 'inviting' && state.ready
}
