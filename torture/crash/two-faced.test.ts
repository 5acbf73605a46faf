/** A member of a wallet that votes for new shares to one and says to another that it never will (`protocol.md` §E.4). */
import { expect, test } from 'vitest'
import { concat, u16, type Envelope } from '@trivet/protocol/core'
import { ABORT, VOTE } from '@trivet/protocol/epoch'
import { BentLine } from '@trivet/party/testing'
import { walletOf } from '../simulation/scenes.ts'
import { change, signTogether } from './acts.ts'
import { audit } from './audit.ts'
import { memberImages } from './images.ts'
import { on, Stage } from './stage.ts'

/** What comes right before the share is stored, each to one member. */
const RESHARE_R4 = 0x36
const HONEST_WAIT_MS = 240_000

/** One of two receivers hears the truth, the other ABORT of the same session. */
function twoFaced(line: BentLine, type: number): () => number {
  let lies = 0
  let heard = 0
  line.instead = (said: Envelope) => {
    if (said.header.type !== type) return said
    heard += 1
    if (heard !== 2) return said
    lies += 1
    // E_TIMEOUT, nobody is blamed, nothing is shown.
    const body = concat(said.body.subarray(0, 32), u16(1), u16(0), new Uint8Array(32))
    return line.signed({ header: { ...said.header, type: ABORT, to: 0, suite: 0 }, body })
  }
  return () => lies
}

test.each([
  ['votes to one and aborts to another', VOTE, true],
  ['votes to one, aborts to another, and is never seen again', VOTE, false],
  ['lets one store its share and aborts to another before it does', RESHARE_R4, true],
  ['lets one store its share, aborts to another before it does, and is never seen again', RESHARE_R4, false],
] as const)('who %s harms nobody: one epoch counts, and the others sign in it', { timeout: 120_000 }, async (what, type, isBack) => {
  const stage = new Stage({ seed: `two-faced ${what}`, images: await memberImages() })
  for (const seat of stage.cast) await stage.switchOn(seat)
  const [liar, ...honest] = stage.cast
  const line = liar && stage.lines.get(liar.name)
  if (liar === undefined || line === undefined) throw new Error('nobody')
  const lies = twoFaced(line, type)

  await change(stage, { threshold: 2, stay: [...honest, liar] }).catch(() => undefined)
  expect(lies()).toBe(1)
  if (isBack) line.instead = (said) => said
  else {
    on(liar).station.switchOff()
    liar.device = undefined
  }
  await stage.pass(HONEST_WAIT_MS)

  const harmless = { harms: [], wrong: [] }
  const suspect = { seat: liar, isDiskTrue: false, what, isHit: () => true, callOff: () => undefined, comeBack: () => undefined }
  expect(await audit(stage, suspect)).toEqual(harmless)
  const devices = honest.map(on)
  expect(new Set(devices.map((device) => `${walletOf(device).state} ${walletOf(device).epoch}`)).size).toBe(1)
  for (const suite of [2, 1] as const) await signTogether(stage, devices, suite)
  // And the next change takes a number of its own.
  if (isBack) {
    await change(stage, { threshold: 2, stay: stage.cast })
    expect(await audit(stage, suspect)).toEqual(harmless)
  }
  await stage.close()
})
