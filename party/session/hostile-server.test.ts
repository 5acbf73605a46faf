/** An introduction server that lies about what it cannot read: it alters, redirects, repeats, invents. */
import { describe, expect, test } from 'vitest'
import { concat, MpcError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { BentLine } from '../testing/bent-line.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { ask, makeWallet, meet, meetAndApprove, person, reaches, sessionIn, the, type Person } from '../testing/people.ts'
import { altering, failuresOf, flipLast, makeTrio } from '../testing/trio.ts'
import { createMemoryNetwork } from '../transport/memory.ts'
import type { SignallingEvent, Transport } from '../transport/types.ts'

const MESSAGE = concat(Uint8Array.of(2), new TextEncoder().encode('a message'))
type Signal = Extract<SignallingEvent, { kind: 'signal' }>

/** What a party is told, as `change` has it: each signal as none, one or several. */
function lyingTo({ signalling, links }: Transport, change: (signal: Signal) => readonly Signal[]): Transport {
  return {
    links,
    signalling: new Proxy(signalling, {
      get: (target, name) => {
        if (name === 'listen') {
          return (listener: (event: SignallingEvent) => void) => target.listen((event) => {
            for (const told of event.kind === 'signal' ? change(event) : [event]) listener(told)
          })
        }
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    }),
  }
}

/** @param lie what each of them is told, made anew for each */
async function threePeople(lie: () => (signal: Signal) => readonly Signal[]): Promise<{ readonly people: readonly Person[]; readonly clock: FakeClock }> {
  const clock = new FakeClock()
  const network = createMemoryNetwork({ now: () => clock.now() })
  const people: Person[] = []
  for (const name of ['Anna', 'Ben', 'Cleo']) people.push(await person({ transport: lyingTo(network.transport(name), lie()), name, clock }))
  return { people, clock }
}

function repeatedAtOnce(signal: Signal): readonly Signal[] {
  return [signal, signal]
}

/** With each signal, the last dozen once more. */
function repeatedForever(): (signal: Signal) => readonly Signal[] {
  const before: Signal[] = []
  return (signal) => {
    before.push(signal)
    return before.slice(-12).toReversed()
  }
}

/** Before each signal, two of the server's own making in the same name. */
function withInventions(signal: Signal): readonly Signal[] {
  const noise = crypto.getRandomValues(new Uint8Array(1_024))
  return [{ ...signal, payload: noise.map((byte, i) => (i < 2 ? 1 : byte)) }, { ...signal, payload: noise }, signal]
}

describe('while a wallet is made', () => {
  test('a server that alters negotiation is named by whom it stood between, and nothing is made', async () => {
    const { all, clock } = await makeTrio({ network: altering('negotiation', flipLast) })
    const session = await meet(all, { threshold: 2 })
    await all[0].party.verbs.startKeygen({ session })
    const errors = await failuresOf(clock, all, session)
    const interceptions = errors.filter(({ code }) => code === 'E_INTERCEPTED')
    expect(interceptions.length).toBeGreaterThan(0)
    for (const [i, { code, sentence, culprits }] of errors.entries()) {
      if (code !== 'E_INTERCEPTED') continue
      // A guest that was given an altered frame before the roster knows no index of who it stood before; with a roster it has to name one.
      const hasRoster = sessionIn(the(all[i]).view(), session)?.places.every(({ index }) => index !== undefined)
      expect(culprits).toHaveLength(hasRoster === true ? 1 : 0)
      expect(sentence).toBe(`The introduction server tried to stand between you and ${culprits[0]?.name ?? 'another device'}. The connection was refused.`)
    }
    for (const who of all) expect(who.view().wallets).toEqual([])
  })

  test.each([
    ['repeats everything at once', () => repeatedAtOnce],
    ['repeats what was said before, backwards', repeatedForever],
  ])('a server that %s changes nothing', async (_, lie) => {
    const { people } = await threePeople(lie)
    const session = await meetAndApprove(people, { threshold: 2 })
    await Promise.all(people.map((who) => reaches(who, session, 'done')))
  })

  test('a server that says one guest\'s words are another\'s is found out', async () => {
    const line = new BentLine()
    const parties = new Set<PartyId>()
    const clock = new FakeClock()
    const network = createMemoryNetwork({ now: () => clock.now() })
    line.told = (event) => {
      if (event.kind !== 'signal' || event.payload.length !== 1_024 || event.payload[1] !== 1) return event
      parties.add(event.from)
      const other = [...parties].find((party) => party !== event.from)
      return other === undefined ? event : { ...event, from: other }
    }
    const people: Person[] = []
    for (const name of ['Anna', 'Ben', 'Cleo']) people.push(await person({ transport: network.transport(name), name, clock, ...(name === 'Cleo' ? { line } : {}) }))
    const session = await meet(people, { threshold: 2 })
    await the(people[0]).party.verbs.startKeygen({ session })
    const errors = await failuresOf(clock, people, session)
    expect(the(errors[2]).code).toBe('E_INTERCEPTED')
  })

  test('a server that makes up negotiation before anybody said any is found out by a guest, who has nothing to lose yet', async () => {
    const { people, clock } = await threePeople(() => withInventions)
    const make = async (): Promise<void> => {
      const session = await meet(people, { threshold: 2 })
      await the(people[0]).party.verbs.startKeygen({ session })
      await failuresOf(clock, people, session)
    }
    // In the lobby already, which then never fills, or right after it: whichever comes first.
    await make().catch((error: unknown) => { expect(error instanceof MpcError ? error.code : String(error)).toMatch(/^(Error: )?E_/) })
    const ends = people.flatMap((who) => who.view().sessions.flatMap(({ state }) => (state.at === 'failed' ? [state.error.code] : [])))
    expect(ends).toContain('E_INTERCEPTED')
    for (const who of people) expect(who.view().wallets).toEqual([])
  })
})

describe('while something is signed', () => {
  test('a server that alters negotiation is named, nothing is signed, and the wallet stays', async () => {
    let lies = false
    const { all, anna, ben, clock } = await makeTrio({ network: { relay: ({ payload }) => (lies ? flipLast(payload) : payload) } })
    const wallet = await makeWallet(all)
    lies = true
    const session = await ask([anna, ben], wallet, MESSAGE)
    const [mine, bens] = await failuresOf(clock, [anna, ben], session)
    expect([the(mine).code, the(bens).code]).toContain('E_INTERCEPTED')
    for (const who of [anna, ben]) expect(who.view().wallets.map(({ id, state }) => [id, state])).toEqual([[wallet, 'ready']])
  })
})
