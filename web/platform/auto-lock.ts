/** Locks a device that nobody uses. */
import type { Clock } from '@trivet/party'

export const IDLE_MS = 5 * 60_000
export const HIDDEN_MS = 30_000

/** What a person does at a page; moving the pointer alone would also be a shaking desk. */
const ACTIVITY = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const

export type LockReason = 'idle' | 'hidden'

/** The page's document, as far as it is looked at. */
export interface WatchedDocument {
  readonly hidden: boolean
  addEventListener(type: string, listener: () => void, options?: { readonly capture?: boolean; readonly passive?: boolean }): void
  removeEventListener(type: string, listener: () => void, options?: { readonly capture?: boolean }): void
}

/** `busy`: unlocked, and a session runs, which is not broken off. */
export type Tenant = 'locked' | 'open' | 'busy'

export interface AutoLock {
  /** From now on the device is this. */
  tell(tenant: Tenant): void
  close(): void
}

/**
 * Calls `lock` once nobody has touched the page for 5 minutes, or it has been hidden for 30 seconds, with an unlocked device and no
 * session running. The end of a session counts as use. Timers stand still while a machine sleeps: times are looked at by the clock,
 * and again when the page is seen.
 */
export function autoLock(document: WatchedDocument, clock: Clock, lock: (why: LockReason) => void): AutoLock {
  let tenant: Tenant = 'locked'
  let used = clock.now()
  let hiddenSince = document.hidden ? used : undefined
  let cancel = (): void => undefined

  const dueAt = (): { readonly at: number; readonly why: LockReason } => {
    const idle = { at: used + IDLE_MS, why: 'idle' } as const
    const hidden = hiddenSince === undefined ? undefined : { at: Math.max(hiddenSince, used) + HIDDEN_MS, why: 'hidden' } as const
    return hidden !== undefined && hidden.at < idle.at ? hidden : idle
  }
  const look = (): void => {
    cancel()
    if (tenant !== 'open') return
    const { at, why } = dueAt()
    const left = at - clock.now()
    if (left > 0) cancel = clock.after(left, look)
    else {
      tenant = 'locked'
      lock(why)
    }
  }
  const use = (): void => {
    // What is due already is not put off: a sleeping machine is woken by a key.
    look()
    used = clock.now()
  }
  const see = (): void => {
    look()
    hiddenSince = document.hidden ? clock.now() : undefined
    look()
  }

  for (const type of ACTIVITY) document.addEventListener(type, use, { capture: true, passive: true })
  document.addEventListener('visibilitychange', see)
  return {
    tell(next) {
      if (next === tenant) return
      tenant = next
      used = clock.now()
      look()
    },
    close() {
      cancel()
      for (const type of ACTIVITY) document.removeEventListener(type, use, { capture: true })
      document.removeEventListener('visibilitychange', see)
    },
  }
}
