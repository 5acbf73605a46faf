/** Who this party was paired with before: by name and keys. Memory follows the vault. */
import { equalBytes, InputError, MpcError, Refused, VaultError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { KnownView } from '../views.ts'
import type { Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { OpenVault } from '../vault/index.ts'
import { decodeKnownParty, encodeKnownParty, type KnownParty } from './known-record.ts'

const KIND = 'known'

export class KnownParties {
  readonly #vault: OpenVault
  readonly #all = new Map<PartyId, KnownParty>()
  #tail: Promise<void> = Promise.resolve()

  private constructor(vault: OpenVault) {
    this.#vault = vault
  }

  /** @throws {VaultError} E_DAMAGED */
  static async open(vault: OpenVault, ed25519: Pick<Ed25519, 'verify'>): Promise<KnownParties> {
    const known = new KnownParties(vault)
    for (const { id, value } of await vault.readAll(KIND)) {
      const party = await decodeKnownParty(value, ed25519).catch((error: unknown) => {
        throw error instanceof MpcError && !(error instanceof VaultError) ? new VaultError('E_DAMAGED', `known party: ${error.message}`, { cause: error }) : error
      })
      if (party.card.partyId !== id) throw new VaultError('E_DAMAGED', 'known party: it is another one than its name says')
      known.#all.set(party.card.partyId, party)
    }
    return known
  }

  /** By name. */
  list(): readonly KnownParty[] {
    return [...this.#all.values()].toSorted((a, b) => (a.card.name < b.card.name ? -1 : 1))
  }

  find(partyId: PartyId): KnownParty | undefined {
    return this.#all.get(partyId)
  }

  /** Whether exactly this one was paired with: the same party with the same keys. Its name and build may have changed. */
  knows({ partyId, identityKey, sealingKey, channelKey }: Card): boolean {
    const card = this.#all.get(partyId)?.card
    return card !== undefined && equalBytes(card.identityKey, identityKey) && equalBytes(card.sealingKey, sealingKey) && equalBytes(card.channelKey, channelKey)
  }

  /**
   * People go by names: another one under a name that is known is a reason to stop.
   * @throws {Refused} E_IDENTITY
   */
  mustNotPassFor({ partyId, name }: Pick<Card, 'partyId' | 'name'>): void {
    const before = this.#all.get(partyId)
    // Vaults of before there were known parties may hold two of one name: each of them goes on by it.
    if (before !== undefined && isSameName(before.card.name, name)) return
    const other = this.list().find(({ card }) => card.partyId !== partyId && isSameName(card.name, name))
    if (other === undefined) return
    throw new Refused('E_IDENTITY', `a device calls itself "${name}", but it is not the one that this device knows by that name: it has another key`)
  }

  /**
   * Stores these as they are now. Since when one is known stays; how, too, unless it is by words from now on. Resolves once it was read back.
   * @throws {VaultError}
   */
  async remember(cards: readonly Card[], how: (card: Card) => KnownView['how'], now: number): Promise<void> {
    await this.#exclusive(async () => {
      const parties = cards.map((card): KnownParty => {
        const before = this.#all.get(card.partyId)
        return { card, since: before?.since ?? now, how: before === undefined || how(card) === 'words' ? how(card) : before.how }
      })
      await this.#vault.write(parties.map((party) => ({ kind: KIND, id: party.card.partyId, value: encodeKnownParty(party) })))
      for (const party of parties) this.#all.set(party.card.partyId, party)
    })
  }

  /** @throws {InputError} of one that is not known @throws {VaultError} */
  async forget(partyId: PartyId): Promise<void> {
    await this.#exclusive(async () => {
      if (!this.#all.has(partyId)) throw new InputError('partyId', 'this device does not know that one')
      await this.#vault.write([{ kind: KIND, id: partyId, value: undefined }])
      this.#all.delete(partyId)
    })
  }

  /** One change at a time. */
  #exclusive(change: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(change)
    this.#tail = done.catch(() => undefined)
    return done
  }
}

/** Whether people would take one name for the other: letter case, spaces and compatible forms make no difference. */
export function isSameName(a: string, b: string): boolean {
  return folded(a) === folded(b)
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ')
}
