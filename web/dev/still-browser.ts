import type { BrowserParts } from '../state/browser-parts.ts'
import { PasskeyError } from '../platform/passkey.ts'
import type { Scene } from './scene.ts'

/** A browser whose passkeys never answer, and that nobody leaves: for looking at screens. */
export const stillBrowser = ({ forgetful = false }: Scene): BrowserParts => ({
  passkeys: {
    available: () => Promise.resolve(true),
    make: () => Promise.reject(new PasskeyError('no-prf', 'as this scene wants it')),
    open: () => Promise.reject(new PasskeyError('no-answer', 'as this scene wants it')),
    disown: () => Promise.resolve(),
  },
  storage: { persisted: () => Promise.resolve(!forgetful), persist: () => Promise.resolve(!forgetful) },
  watchUse: () => ({ tell() {}, close() {} }),
})
