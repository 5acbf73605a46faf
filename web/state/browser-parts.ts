import type { AutoLock, LockReason } from '../platform/auto-lock.ts'
import type { Passkeys } from '../platform/passkey.ts'
import type { PersistentStorage } from '../platform/persist.ts'

/** What only the main thread has of the browser, as far as the screens use it. */
export interface BrowserParts {
  readonly passkeys: Passkeys
  /** None where the browser has none. */
  readonly storage: PersistentStorage | undefined
  /** Watches whether the page is used. @param lock is called when the device is to be locked */
  watchUse(lock: (why: LockReason) => void): AutoLock
}
