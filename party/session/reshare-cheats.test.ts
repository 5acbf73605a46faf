/** A device that signs its lies while shares are dealt is named by every honest one, and nothing has changed. */
import { beforeAll, describe, expect, test } from 'vitest'

import { concat, TH, u8, u16, type Envelope } from '@trivet/protocol/core'
import { BentLine, flipped, type Said } from '../testing/bent-line.ts'
import { approveChange, indexOf, owners, signAll, walletOf, type Owners } from '../testing/changes.ts'
import { reaches } from '../testing/people.ts'
import { failuresOf } from '../testing/trio.ts'

const [JOIN, R1, R2, R3, R4, VOTE] = [0x30, 0x31, 0x32, 0x33, 0x36, 0x71]
const ED25519 = 2

let fresh: Awaited<ReturnType<typeof owners>>
beforeAll(async () => { fresh = await owners() }, 60_000)

/** Everybody stays; Cleo lies. Both others name her and nobody else. */
async function bothName({ anna, ben, cleo, clock, wallet, line }: Owners, type: number): Promise<readonly string[]> {
  const { session } = await approveChange({ wallet, stay: [anna, ben, cleo], threshold: 2 })
  const errors = await failuresOf(clock, [anna, ben], session)
  expect(line.said).toContain(type)
  for (const { culprits } of errors) expect(culprits.map(({ name }) => name)).toEqual(['Cleo'])
  for (const who of [anna, ben]) {
    expect(walletOf(who, wallet)).toMatchObject({ state: 'ready', epoch: 1, threshold: 2 })
    expect(walletOf(who, wallet).changing).toBe(type === VOTE ? true : undefined)
  }
  return errors.map(({ code }) => code)
}

describe('a dealer that signs', () => {
  test.each([
    { what: 'a JOIN of another change', type: JOIN, at: 40 },
    { what: 'an R1 with another commitment', type: R1, at: 40 },
    { what: 'an R1 of another key', type: R1, at: -1 },
    { what: 'an R2 with other coefficients', type: R2, at: 70 },
    { what: 'an R3 with a wrong share', type: R3, at: 62 },
    { what: 'an R3 with another chain code', type: R3, at: -1 },
    { what: 'an R4 with another key', type: R4, at: 40 },
    { what: 'a VOTE for something else', type: VOTE, at: -1 },
  ])('$what is named by everybody, and the wallet is as it was', { timeout: 60_000 }, async ({ type, at }) => {
    const trio = await fresh()
    const isLie = (said: Said): boolean => said.type === type && (said.suite === 0 || said.suite === ED25519)
    trio.line.lie = (said) => (isLie(said) ? flipped(said.body, (at + said.body.length) % said.body.length) : undefined)
    await bothName(trio, type)
  })

  test('another polynomial to one receiver than to the other is named by both: they show each other what it signed', { timeout: 60_000 }, async () => {
    const trio = await fresh()
    let said = 0
    trio.line.lie = ({ type, suite, body }) => (type === R2 && suite === ED25519 && ++said === 2 ? flipped(body, 100) : undefined)
    await bothName(trio, R2)
  })

  test('a wrong share to one receiver alone is named by both', { timeout: 60_000 }, async () => {
    const trio = await fresh()
    let said = 0
    trio.line.lie = ({ type, suite, body }) => (type === R3 && suite === ED25519 && ++said === 1 ? flipped(body, 40) : undefined)
    const codes = await bothName(trio, R3)
    expect(codes).toContain('E_SHARE')
  })

  test('constants that are not its share, well committed to, is named by everybody who knows the old shares', { timeout: 60_000 }, async () => {
    const lines = [new BentLine(), new BentLine()] as const
    const trio = await fresh()
    const { wallet, cleo, line } = trio
    const watched = await watchedBy(trio, lines)
    const point = walletOf(cleo, wallet).keys.find(({ suite }) => suite === ED25519)?.groupKey ?? new Uint8Array(0)
    const [F, blind] = [concat(point, point), new Uint8Array(32)]
    const me = indexOf(cleo, wallet)
    let mine: Uint8Array | undefined
    line.lie = ({ type, suite, body }: Said) => {
      if (suite !== ED25519) return undefined
      const sid = body.subarray(0, 32)
      if (type === R1) {
        mine = concat(sid, TH('reshare/com', sid, u16(me), F, blind), body.subarray(64))
        return mine
      }
      if (type !== R2 || mine === undefined) return undefined
      const all = new Map([...watched, [me, mine] as const])
      const parts = [...all.keys()].toSorted((a, b) => a - b).map((pid) => all.get(pid) ?? new Uint8Array(0))
      return concat(sid, F, blind, TH('echo', sid, u8(1), ...parts.map((part) => TH('m', part.subarray(32, 64), part.subarray(64)))))
    }
    const codes = await bothName({ ...trio, anna: watched.anna, ben: watched.ben }, R2)
    expect(codes).toEqual(['E_RESHARE_CONST', 'E_RESHARE_CONST'])
  })
})

/** The two honest ones begin again, on lines that a cheat listens to: what is said to all it hears anyhow. */
async function watchedBy(trio: Owners, lines: readonly [BentLine, BentLine]): Promise<Map<number, Uint8Array> & { anna: Owners['anna']; ben: Owners['ben'] }> {
  const heard = new Map<number, Uint8Array>()
  for (const line of lines) {
    line.watch = ({ header, body }: Envelope) => { if (header.type === R1 && header.suite === ED25519) heard.set(header.from, body) }
  }
  const names = ['Anna', 'Ben'] as const
  const [anna, ben] = await Promise.all(names.map(async (name, i) => {
    const who = i === 0 ? trio.anna : trio.ben
    await who.party.close()
    return trio.restarted(who, name, { line: lines[i] ?? new BentLine() })
  }))
  if (anna === undefined || ben === undefined) throw new Error('nobody')
  return Object.assign(heard, { anna, ben })
}

test('who was cheated once changes the wallet without the cheat', { timeout: 60_000 }, async () => {
  const trio = await fresh()
  const { anna, ben, wallet, line } = trio
  line.lie = ({ type, suite, body }) => (type === R3 && suite === ED25519 ? flipped(body, 40) : undefined)
  await bothName(trio, R3)
  const { session } = await approveChange({ wallet, stay: [anna, ben], threshold: 2 })
  await Promise.all([anna, ben].map((who) => reaches(who, session, 'done')))
  expect(await signAll([anna, ben], wallet)).toEqual([1, 1, 1])
})
