import { describe, expect, test } from 'vitest'
import { concat, decodeEnvelope, u8, type MpcError, type Pid, type Rng } from '@trivet/protocol/core'
import { pick, seededRng } from '@trivet/protocol/testing'
import type { SessionId } from '@trivet/signalling/wire'
import { commitmentOf, draftHash, wordsOf, type Words } from '../pairing/words.ts'
import { identitiesForTests } from '../testing/identities.ts'
import { the } from '../testing/people.ts'
import { decodeMakingInvitation, encodeMakingInvitation } from './frames.ts'
import { proposeKeygen } from './keygen-proposal.ts'
import { WordsExchange } from './words-exchange.ts'

const NAMES = ['Anna', 'Ben', 'Cleo', 'Dora', 'Emil']
const COMMIT = 1
const REVEAL = 2

interface Message { readonly from: Pid; readonly to: Pid; readonly bytes: Uint8Array }

interface Table {
  readonly exchanges: readonly WordsExchange[]
  /** In the order they were sent; between any two parties they arrive in that order. */
  readonly waiting: Message[]
}

/** @param drafts one for each party */
function table(drafts: readonly Uint8Array[], rng: Rng): Table {
  const members = drafts.map((_, i) => ({ pid: i + 1, name: NAMES[i] ?? '' }))
  const waiting: Message[] = []
  const exchanges = drafts.map((draft, i) => new WordsExchange({
    members, me: i + 1, draft, rng,
    tell: (to, bytes) => { waiting.push({ from: i + 1, to, bytes }) },
  }))
  return { exchanges, waiting }
}

/** Delivers everything, a random pair of parties next each time. */
function deliver({ exchanges, waiting }: Table, rng: Rng): void {
  while (waiting.length > 0) {
    const { from, to } = the(waiting[pick(rng, waiting.length)])
    const [next] = waiting.splice(waiting.findIndex((message) => message.from === from && message.to === to), 1)
    the(exchanges[to - 1]).received(from, the(next).bytes)
  }
}

function wordsAtAll({ exchanges }: Table): readonly string[] {
  return exchanges.map(({ words }) => the<Words>(words).join(' '))
}

describe('the words of a roster', () => {
  test('are the same on every honest screen in 1,000 pairings, whatever arrives first', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 1_000; seed++) {
      const rng = seededRng(`pairing ${seed}`)
      const draft = rng(32)
      const honest = table(Array.from({ length: 2 + (seed % 4) }, () => draft), rng)
      const late = honest.exchanges.toSorted(() => pick(rng, 3) - 1)
      for (const exchange of late) {
        exchange.start()
        if (pick(rng, 2) === 0) deliver(honest, rng)
      }
      deliver(honest, rng)
      const words = wordsAtAll(honest)
      expect(new Set(words).size, `pairing ${seed}`).toBe(1)
      seen.add(the(words[0]))
    }
    expect(seen.size).toBe(1_000)
  })

  test('differ whenever a nonce does', () => {
    const rng = seededRng('nonces')
    const draft = rng(32)
    const nonces = [rng(32), rng(32), rng(32)]
    const right = wordsOf(draft, nonces).join(' ')
    for (let at = 0; at < 3; at++) {
      for (let bit = 0; bit < 256; bit++) {
        const changed = nonces.map((nonce, i) => (i === at ? nonce.map((byte, j) => (j === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)) : nonce))
        expect(wordsOf(draft, changed).join(' ')).not.toBe(right)
      }
    }
    expect(wordsOf(draft, nonces.toReversed()).join(' ')).not.toBe(right)
  })

  test('differ whenever an identity, a roster entry, the threshold or a name does', async () => {
    const { identities: [anna, ben, cleo, dora] } = await identitiesForTests(NAMES)
    const room = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId
    const nonces = [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill))
    const rng: Rng = (size) => new Uint8Array(size).fill(9)
    const draftOf = async (changes: { threshold?: number; others?: readonly (typeof ben)[] }) =>
      (await proposeKeygen(
        { room, walletName: 'Savings', threshold: changes.threshold ?? 2, expiresAt: 1_000_000, cards: (changes.others ?? [ben, cleo]).map((who) => the(who).card) },
        { identity: the(anna), rng },
      )).bytes
    const bytes = await draftOf({})
    expect(await draftOf({})).toEqual(bytes)
    const { envelope, cards } = decodeMakingInvitation(bytes)
    const others: readonly (readonly [string, Uint8Array])[] = [
      ['Savings', bytes], ['Savings 2', bytes], ['Savings', await draftOf({ threshold: 3 })], ['Savings', await draftOf({ others: [ben, dora] })],
      ['Savings', await draftOf({ others: [ben] })],
      // Each byte of the envelope and of every card: keys, names, roles, builds, who is where.
      ...Array.from(bytes.keys(), (at): readonly [string, Uint8Array] => ['Savings', bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))]),
      ['Savings', encodeMakingInvitation({ envelope, cards: cards.toReversed() })],
    ]
    const all = others.map(([name, invitation]) => wordsOf(draftHash(name, invitation), nonces).join(' '))
    expect(new Set(all).size).toBe(others.length)
    expect(decodeEnvelope(envelope).header.from).toBeGreaterThan(0)
  })
})

describe('the order of commitments and reveals', () => {
  const rng = seededRng('order')
  const draft = rng(32)
  const two = (): Table => table([draft, draft], rng)
  const commit = (pid: Pid, nonce: Uint8Array, of = draft): Uint8Array => concat(u8(COMMIT), of, commitmentOf(of, pid, nonce))
  const reveal = (nonce: Uint8Array): Uint8Array => concat(u8(REVEAL), nonce)
  const thrown = (work: () => void): MpcError => {
    try {
      work()
    } catch (error) {
      return error as MpcError
    }
    throw new Error('nothing was thrown')
  }

  test('no reveal leaves before everybody\'s commitment is here', () => {
    const { exchanges: [anna], waiting } = table([draft, draft, draft], rng)
    the(anna).start()
    the(anna).received(2, commit(2, rng(32)))
    expect(waiting.map(({ bytes }) => bytes[0])).toEqual([COMMIT, COMMIT])
    the(anna).received(3, commit(3, rng(32)))
    expect(waiting.map(({ bytes }) => bytes[0])).toEqual([COMMIT, COMMIT, REVEAL, REVEAL])
  })

  test('who sees all commitments first and grinds has no better words to choose from: its own nonce is bound before any is known', () => {
    // Mallory stands between Anna and Ben: one roster with each, and the other's words to be hit.
    const [withAnna, withBen] = [two(), two()]
    const [anna] = withAnna.exchanges
    const [ben] = withBen.exchanges
    the(anna).start()
    the(ben).start()
    const mine = rng(32)
    // All that is known by now are commitments. Both wait for Mallory's.
    expect([...withAnna.waiting, ...withBen.waiting].map(({ bytes }) => bytes[0])).toEqual([COMMIT, COMMIT])
    the(anna).received(2, commit(2, mine))
    const hers = the(withAnna.waiting.find(({ bytes }) => bytes[0] === REVEAL)).bytes.slice(1)
    // Anna's nonce is known now: 2,000 others would be looked through for one that suits. None of them is taken any more.
    for (let tries = 0; tries < 2_000; tries++) {
      const better = rng(32)
      const probe = thrown(() => { the(anna).received(2, reveal(better)) })
      expect(probe).toMatchObject({ code: 'E_COMMIT', culprits: [2] })
      expect(the(anna).words).toBeUndefined()
    }
    the(anna).received(2, reveal(mine))
    expect(the(anna).words).toEqual(wordsOf(draft, [hers, mine]))
    // Ben reveals nothing before Mallory is bound on that side, too.
    expect(withBen.waiting.map(({ bytes }) => bytes[0])).toEqual([COMMIT])
  })

  test.each<readonly [string, readonly Uint8Array[]]>([
    ['a second commitment', [commit(2, new Uint8Array(32)), commit(2, new Uint8Array(32).fill(1))]],
    ['the same commitment again', [commit(2, new Uint8Array(32)), commit(2, new Uint8Array(32))]],
    ['a reveal that does not fit', [commit(2, new Uint8Array(32)), reveal(new Uint8Array(32).fill(1))]],
    ['a reveal that fits another party\'s place', [commit(1, new Uint8Array(32)), reveal(new Uint8Array(32))]],
    ['a reveal without a commitment', [reveal(new Uint8Array(32))]],
    ['a second reveal', [commit(2, new Uint8Array(32)), reveal(new Uint8Array(32)), reveal(new Uint8Array(32))]],
  ])('%s names who sent it', (_, messages) => {
    const { exchanges: [anna] } = two()
    the(anna).start()
    const error = thrown(() => { for (const bytes of messages) the(anna).received(2, bytes) })
    expect(error).toMatchObject({ code: 'E_COMMIT', fault: 'party', culprits: [2] })
  })

  test('who was shown another roster is found out, and nobody is named for it', () => {
    const { exchanges: [anna] } = two()
    the(anna).start()
    const error = thrown(() => { the(anna).received(2, commit(2, rng(32), rng(32))) })
    expect(error).toMatchObject({ code: 'E_SID', fault: 'unknown', culprits: [] })
  })

  test('bytes that are neither name who sent them', () => {
    const filled = (length: number, byte: number): readonly number[] => Array.from({ length }, () => byte)
    for (const bytes of [[], [0], [3], [COMMIT], [REVEAL], filled(64, COMMIT), filled(66, COMMIT), filled(34, REVEAL)]) {
      const { exchanges: [anna] } = two()
      the(anna).start()
      expect(thrown(() => { the(anna).received(2, new Uint8Array(bytes)) })).toMatchObject({ code: 'E_LEN', culprits: [2] })
    }
  })
})
