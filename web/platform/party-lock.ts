/** Keeps a party from being open in two tabs: Web Locks, which the browser gives back when a tab ends in whatever way. */
import type { PartyLock } from '@trivet/party'

/** @param locks `navigator.locks` of the page or worker */
export function partyLock(locks: LockManager): PartyLock {
  return {
    acquire: (partyId, { takeOver }, lost) => new Promise((resolve, reject) => {
      let isHeld = false
      const held = locks.request(`trivet/party/${partyId}`, takeOver ? { steal: true } : { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(undefined)
          return undefined
        }
        isHeld = true
        return new Promise<void>((giveBack) => { resolve(giveBack) })
      })
      // A lock that is taken over ends its holder's request with an error.
      held.catch((error: unknown) => {
        if (isHeld) lost()
        else reject(error instanceof Error ? error : new Error('no lock', { cause: error }))
      })
    }),
  }
}
