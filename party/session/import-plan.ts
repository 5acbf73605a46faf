/**
 * The coordinator's side of an import: what it has of the key, and, of a wallet that is brought from files, who has given which.
 * Source: `protocol.md` §F.1, §F.2.
 */
import { equalBytes, InputError, Refused, type Pid } from '@trivet/protocol/core'
import { importLabel } from '@trivet/protocol/reshare'
import type { PartyId } from '@trivet/signalling/wire'
import type { Card } from '../identity/card.ts'
import { publicHash, wipeDealt, type Dealt } from '../import/index.ts'
import { readFileOffer, type ImportTarget } from '../pairing/proof.ts'
import { firstWithout } from '../roles.ts'

export class ImportPlan {
  readonly target: ImportTarget
  readonly dealt: Dealt
  readonly #holders: Map<PartyId, number>

  /**
   * @param dealt secret; the plan wipes it in `end`
   * @throws {Refused} of a party that may not import
   */
  constructor(dealt: Dealt, card: Card) {
    const [sharing] = dealt.sharings
    if (sharing === undefined) throw new InputError('imported', 'expected at least one key')
    const { threshold: needed, holders: { length: holders } } = sharing
    this.admit(card)
    this.dealt = dealt
    this.target = { kind: 'import', firstPath: dealt.firstPath, hash: publicHash(dealt), holders, needed }
    this.#holders = new Map([[card.partyId, dealt.holder]])
  }

  /** As many files are here as are needed. */
  get isComplete(): boolean {
    return this.#holders.size >= this.target.needed
  }

  hasGiven(party: PartyId | undefined): boolean {
    return party !== undefined && this.target.needed > 1 && this.#holders.has(party)
  }

  /** @throws {Refused} of a device that cannot take part, saying why */
  admit(card: Card): void {
    if (firstWithout('reshare', [{ card }]) !== undefined) throw new Refused('E_CONFIG', 'a device of this kind takes part only while a wallet is made anew')
  }

  /** A device gives the file of a holder; the last one counts. @throws {Malformed} @throws {Refused} of a file that cannot be used, saying why */
  offered({ partyId }: Card, body: Uint8Array): void {
    const { holder, hash } = readFileOffer(body)
    const { target: { holders, needed } } = this
    if (needed === 1) throw new Refused('E_CONFIG', 'it offers a file, and none is needed')
    if (!equalBytes(hash, this.target.hash) || holder >= holders) throw new Refused('E_CONFIG', 'its file belongs to another wallet')
    const isGiven = [...this.#holders].some(([party, other]) => party !== partyId && other === holder)
    if (isGiven) throw new Refused('E_CONFIG', 'another device has given the file of the same holder')
    this.#holders.set(partyId, holder)
  }

  /** Who deals under which label, ascending. @param here who takes part @throws {InputError} while files are missing */
  dealers(here: readonly Card[]): readonly { readonly pid: Pid; readonly card: Card }[] {
    const dealers = here.flatMap((card) => {
      const holder = this.#holders.get(card.partyId)
      return holder === undefined ? [] : [{ pid: importLabel(holder), card }]
    })
    if (dealers.length < this.target.needed) throw new InputError('session', `${this.target.needed} files are needed, and ${dealers.length} are here`)
    return dealers.toSorted((a, b) => a.pid - b.pid)
  }

  /** It is over, however. */
  end(): void {
    wipeDealt(this.dealt)
  }
}
