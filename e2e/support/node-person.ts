/**
 * A device without a browser, in this process: the product's own party over real WebRTC, whose owner can read, alter and hold
 * back what it says. An alteration is signed by its identity like everything it says: that is what a cheat can do.
 */
import { webcrypto } from 'node:crypto'
import wrtc from '@roamhq/wrtc'
import { interpret } from '@trivet/chains'
import { askPerson, createParty, systemClock, type Party, type PartyView, type SessionView } from '@trivet/party'
import { createSignallingClient, createWebrtcLinks } from '@trivet/party/transport'
import { createVault, type Store } from '@trivet/party/vault'
import type { Envelope } from '@trivet/protocol/core'
import { lyingChannel, Pen } from './lying-channel.ts'
import { Table } from './table.ts'

export interface NodePersonOptions {
  readonly name: string
  readonly serverUrl: string
  /** What it says instead; what it was given, to say the truth; a promise, to say it later. */
  readonly say?: (envelope: Envelope) => Envelope | Promise<Envelope>
  /** Everything it says and hears over its channels. */
  readonly overhear?: (envelope: Envelope) => void
  /** Every random value it draws. */
  readonly drawn?: (bytes: Uint8Array) => void
  /** Where its owner sits. */
  readonly table?: Table
}

export class NodePerson {
  readonly party: Party
  readonly passphrase: string
  readonly store: Store
  readonly #name: string
  readonly #table: Table
  #view: PartyView | undefined
  readonly #looks = new Set<() => void>()

  private constructor(name: string, party: Party, store: Store, table: Table) {
    this.#table = table
    this.#name = name
    this.passphrase = `the long passphrase of ${name}`
    this.party = party
    this.store = store
    party.subscribe((view) => {
      this.#view = view
      for (const look of this.#looks) look()
    })
  }

  static async start(options: NodePersonOptions): Promise<NodePerson> {
    const { name, serverUrl, say = theTruth, overhear = () => undefined, drawn = () => undefined } = options
    const rng = (size: number): Uint8Array => {
      const bytes = webcrypto.getRandomValues(new Uint8Array(size))
      drawn(bytes.slice())
      return bytes
    }
    const pen = new Pen()
    const store = mapStore()
    const party = await createParty({
      rng, clock: systemClock, policy: askPerson, interpret, role: 'mobile-app', build: new Uint8Array(32), log: () => undefined,
      subtle: pen.subtle, vault: createVault({ store, subtle: webcrypto.subtle, rng, clock: systemClock }),
      transport: {
        signalling: createSignallingClient({ url: serverUrl, role: 'mobile-app', deviceType: 'server', clock: systemClock }),
        links: createWebrtcLinks({ clock: systemClock, wrtc }),
      },
      openChannel: lyingChannel({ pen, say, overhear }),
    })
    return new NodePerson(name, party, store, options.table ?? new Table())
  }

  get view(): PartyView {
    if (this.#view === undefined) throw new Error('no view yet')
    return this.#view
  }

  async join(link: string): Promise<void> {
    await this.party.verbs.joinWallet({ link, device: { name: this.#name, passphrase: this.passphrase } })
  }

  /** Says yes to the next thing it is asked; before that, finds the words that were read out, where there are any. */
  async approve(): Promise<void> {
    const { id, state } = await this.session(({ state }) => (state.at === 'approving' && !state.answered) || (state.at === 'comparing' && state.offered !== undefined))
    if (state.at === 'comparing') await this.party.verbs.compareWords({ session: id, answer: await this.#table.heard() })
    await this.session((found) => found.id === id && found.state.at === 'approving')
    await this.party.verbs.approve({ session: id })
  }

  /** The first session of which this is true, now or later. */
  session(is: (session: SessionView) => boolean): Promise<SessionView> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.view.sessions.find(is)
        if (found === undefined) return
        this.#looks.delete(look)
        resolve(found)
      }
      this.#looks.add(look)
      look()
    })
  }
}

function theTruth(envelope: Envelope): Envelope {
  return envelope
}

function mapStore(): Store {
  const contents = new Map<string, Uint8Array>()
  return {
    get: async (key) => contents.get(key)?.slice(),
    keys: async (prefix) => [...contents.keys()].filter((key) => key.startsWith(prefix)),
    write: async (changes) => {
      for (const { key, value } of changes) {
        if (value === undefined) contents.delete(key)
        else contents.set(key, value.slice())
      }
    },
  }
}
