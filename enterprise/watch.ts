import type { PartyView } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'

/** Remembers the newest snapshot, and lets others wait for one. */
export interface PartyWatch {
  /** Absent until the worker has told its first. */
  view(): PartyView | undefined
  /** Resolves with what `find` finds first, in the present snapshot or a later one; with nothing once the signal aborts. */
  until<T>(find: (view: PartyView) => T | undefined, signal: AbortSignal): Promise<T | undefined>
  stop(): void
}

export function watchParty(party: DrivenParty): PartyWatch {
  let newest: PartyView | undefined
  const waiting = new Set<(view: PartyView) => void>()
  const stop = party.subscribe((view) => {
    newest = view
    for (const tell of [...waiting]) tell(view)
  })
  return {
    view: () => newest,
    until: (find, signal) => new Promise((resolve) => {
      const settle = (found: ReturnType<typeof find>): void => {
        waiting.delete(look)
        signal.removeEventListener('abort', giveUp)
        resolve(found)
      }
      const look = (view: PartyView): void => {
        const found = find(view)
        if (found !== undefined) settle(found)
      }
      const giveUp = (): void => settle(undefined)
      waiting.add(look)
      signal.addEventListener('abort', giveUp)
      if (newest !== undefined) look(newest)
      if (signal.aborted) giveUp()
    }),
    stop,
  }
}
