/** A party that signs its lies, in any round, is named by every honest one; a party that falls silent too; nothing half-made stays. */
import { describe, expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { flipped } from '../testing/bent-line.ts'
import { settle } from '../testing/fake-clock.ts'
import { ask, makeWallet, meetAndApprove, reaches, sessionIn, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio } from '../testing/trio.ts'

const MESSAGE = concat(Uint8Array.of(2), new TextEncoder().encode('a message'))

function namedIn(people: readonly Person[], errors: readonly { readonly culprits: readonly { readonly name: string }[] }[], name: string): void {
  expect(errors.map(({ culprits }) => culprits.map((culprit) => culprit.name))).toEqual(people.map(() => [name]))
}

describe('in a key generation', () => {
  test.each([
    { message: 'JOIN of another roster', type: 0x10, at: 40 },
    { message: 'JOIN of another nonce than it uses', type: 0x10, at: 3 },
    { message: 'R1 with another commitment', type: 0x11, at: 40 },
    { message: 'R1 of another session', type: 0x11, at: 3 },
    { message: 'R2 with other coefficients', type: 0x13, at: 40 },
    { message: 'R2 with another echo', type: 0x13, at: -1 },
    { message: 'R3 with a wrong share', type: 0x15, at: 62 },
    { message: 'R3 with another echo', type: 0x15, at: -1 },
    { message: 'R4 with a wrong proof', type: 0x16, at: 120 },
    { message: 'R4 with another key', type: 0x16, at: 40 },
    { message: 'VOTE for something else', type: 0x71, at: -1 },
  ])('whoever signs a $message is named by everybody', async ({ type, at }) => {
    const { all, anna, ben, line, clock } = await makeTrio()
    line.lie = (said) => (said.type === type && said.suite !== 3 ? flipped(said.body, (at + said.body.length) % said.body.length) : undefined)
    const session = await meetAndApprove(all, { threshold: 2 })
    const errors = await failuresOf(clock, [anna, ben], session)
    expect(line.said).toContain(type)
    namedIn([anna, ben], errors, 'Cleo')
    for (const who of [anna, ben]) {
      expect(who.view().wallets.map(({ state, keys }) => [state, keys.length])).toEqual(type === 0x71 ? [['unfinished', 0]] : [])
    }
  })

  test.each([0x10, 0x11, 0x13, 0x15, 0x16, 0x71])('whoever falls silent before message %i is named by everybody', async (type) => {
    const { all, anna, ben, line, clock } = await makeTrio()
    line.silentBefore = (said) => said.type === type
    const session = await meetAndApprove(all, { threshold: 2 })
    const errors = await failuresOf(clock, [anna, ben], session)
    expect(line.isSilent).toBe(true)
    namedIn([anna, ben], errors, 'Cleo')
    for (const error of errors) expect(error).toMatchObject({ code: 'E_TIMEOUT' })
    for (const who of [anna, ben]) expect(who.view().wallets.map(({ state }) => state)).toEqual(type === 0x71 ? ['unfinished'] : [])
    await Promise.all([anna, ben].map((who) => who.party.close()))
  })

  test('envelopes whose signature is broken are dropped, and end in a time-out that names who is silent', async () => {
    const { all, anna, ben, line, clock } = await makeTrio()
    // Also of the words with which it stops: else the others may hear that before their own time is up.
    line.breaks = (said) => said.type >= 0x13
    const session = await meetAndApprove(all, { threshold: 2 })
    await turnUntilRunning([anna, ben], session)
    const before = clock.now()
    const errors = await failuresOf(clock, [anna, ben], session)
    namedIn([anna, ben], errors, 'Cleo')
    expect(errors[0]?.code).toBe('E_TIMEOUT')
    expect(clock.now() - before).toBeGreaterThanOrEqual(29_000)
  })

  test.each([
    { message: 'OT1 that is no point', type: 0x12, at: 33 }, { message: 'OT2 whose leaves do not fit their digest', type: 0x14, at: 7264 },
    { message: 'OT3 whose leaves do not fit their digest', type: 0x17, at: 7231 }, { message: 'R4 that confirms another set-up', type: 0x16, at: -1 },
  ])('a set-up with an $message leaves nothing behind, and accuses nobody honest', async ({ type, at }) => {
    const { all, anna, ben, line, clock } = await makeTrio()
    line.lie = (said) => (said.type === type && said.suite === 1 ? flipped(said.body, (at + said.body.length) % said.body.length) : undefined)
    const session = await meetAndApprove(all, { threshold: 2 })
    const errors = await failuresOf(clock, [anna, ben], session)
    expect(line.said).toContain(type)
    for (const error of errors) expect(['', 'Cleo']).toContain(error.culprits.map(({ name }) => name).join())
    for (const who of [anna, ben]) {
      expect(who.view().wallets).toEqual([])
      expect([...who.store.contents.keys()].filter((key) => /wallet|pair/.test(key))).toEqual([])
    }
  })

  test('no timer, and nothing else that would run, is left when it is over', async () => {
    const { all, line, clock } = await makeTrio()
    line.lie = (said) => (said.type === 0x11 ? flipped(said.body, 40) : undefined)
    const session = await meetAndApprove(all, { threshold: 2 })
    await failuresOf(clock, all, session)
    await Promise.all(all.map((who) => who.party.close()))
    await clock.advance(30_000)
    expect(clock.waiting).toBe(0)
  })
})

describe('in a signing', () => {
  test.each([
    { message: 'JOIN for another message', type: 0x40, at: 40 },
    { message: 'JOIN with other commitments than it uses', type: 0x40, at: 70 },
    { message: 'SHARE that is wrong', type: 0x41, at: 40 },
    { message: 'SHARE of another session', type: 0x41, at: 3 },
  ])('whoever signs a $message is named, and there is no signature', async ({ type, at }) => {
    const { all, anna, cleo, line, clock } = await makeTrio()
    const wallet = await makeWallet(all)
    line.lie = (said) => (said.type === type ? flipped(said.body, at) : undefined)
    const session = await ask([anna, cleo], wallet, MESSAGE)
    await reaches(cleo, session, 'approving')
    await cleo.party.verbs.approve({ session })
    namedIn([anna], await failuresOf(clock, [anna], session), 'Cleo')
    expect(anna.view().wallets).toHaveLength(1)
  })

  test.each([0x40, 0x41])('whoever falls silent before message %i is named', async (type) => {
    const { all, anna, cleo, line, clock } = await makeTrio()
    const wallet = await makeWallet(all)
    line.silentBefore = (said) => said.type === type
    const session = await ask([anna, cleo], wallet, MESSAGE)
    await reaches(cleo, session, 'approving')
    await cleo.party.verbs.approve({ session })
    const [error] = await failuresOf(clock, [anna], session)
    expect(error).toMatchObject({ code: 'E_TIMEOUT', culprits: [{ name: 'Cleo' }] })
  })

  test('among three signers, both honest ones name the same', async () => {
    const { all, anna, ben, cleo, line, clock } = await makeTrio()
    const wallet = await makeWallet(all, 3)
    line.lie = (said) => (said.type === 0x41 ? flipped(said.body, 40) : undefined)
    const session = await ask([anna, ben, cleo], wallet, MESSAGE)
    for (const who of [ben, cleo]) {
      await reaches(who, session, 'approving')
      await who.party.verbs.approve({ session })
    }
    namedIn([anna, ben], await failuresOf(clock, [anna, ben], session), 'Cleo')
  })
})

async function turnUntilRunning(people: readonly Person[], session: Parameters<typeof sessionIn>[1]): Promise<void> {
  for (const who of people) await reaches(who, session, 'running')
  await settle()
}
