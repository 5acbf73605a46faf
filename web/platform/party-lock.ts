/** Keeps a party from being open in two tabs: Web Locks, which the browser gives back when a tab ends in whatever way. */
import type { PartyLock } from '@trivet/party'

/** A tab that was just closed gives its lock back a moment later: so long one waits for it. */
const GRACE_MS = 1_000

/** @param locks `navigator.locks` of the page or worker */
export function partyLock(locks: LockManager): PartyLock {
  return {
    acquire: (partyId, { takeOver }, lost) => new Promise((resolve, reject) => {
      let isHeld = false
      const held = locks.request(`trivet/party/${partyId}`, takeOver ? { steal: true } : { signal: AbortSignal.timeout(GRACE_MS) }, () => {
        isHeld = true
        return new Promise<void>((giveBack) => { resolve(giveBack) })
      })
      // A lock that is taken over ends its holder's request with an error.
      held.catch((error: unknown) => {
        if (isHeld) lost()
        else if (error instanceof DOMException && error.name === 'TimeoutError') resolve(undefined)
        else reject(error instanceof Error ? error : new Error('no lock', { cause: error }))
      })
    }),
  }
}
