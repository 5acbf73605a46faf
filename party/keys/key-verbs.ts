/** What opens the vault of the unlocked party: changed by wrapping its data key anew, no record is touched. */
import type { PartyId } from '@trivet/signalling/wire'
import type { PartyVerbs } from '../api.ts'
import type { Vault } from '../vault/index.ts'
import { checkedPasskey, checkedPassphrase, sourceOf, wipeSource } from './sources.ts'

export interface KeyVerbsOptions {
  readonly vault: Vault
  /** The unlocked party. @throws {InputError} */
  readonly me: () => PartyId
  /** The list of vaults is to be read again. */
  readonly changed: () => Promise<void>
}

/** Secrets of passkeys that come in are wiped. */
export function keyVerbs({ vault, me, changed }: KeyVerbsOptions): Pick<PartyVerbs, 'changePassphrase' | 'addPasskey' | 'removePasskey'> {
  return {
    async changePassphrase({ now, passphrase }) {
      const source = sourceOf(now)
      try {
        await vault.changePassphrase(me(), source, checkedPassphrase(passphrase))
      } finally {
        wipeSource(source)
        await changed()
      }
    },
    async addPasskey({ now, passkey }) {
      const source = sourceOf(now)
      try {
        await vault.addPasskey(me(), source, checkedPasskey(passkey))
      } finally {
        wipeSource(source)
        passkey.secret.fill(0)
        await changed()
      }
    },
    async removePasskey({ credential }) {
      await vault.removePasskey(me(), credential)
      await changed()
    },
  }
}
