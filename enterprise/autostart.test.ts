import { describe, expect, it } from 'vitest'
import { startWhenFilled } from './autostart.ts'
import { createLog } from './log.ts'
import { acmePlace, annaPlace, keygenSession, NOW, OTHER_SESSION, scriptParty, SESSION, unlocked } from './testing/scripted-party.ts'

const filled = { at: 'inviting', expiresAt: NOW, ready: true } as const
const open = { at: 'inviting', expiresAt: NOW, ready: false } as const

describe('a headless coordinator', () => {
  function watched() {
    const party = scriptParty()
    const lines: string[] = []
    const stop = startWhenFilled(party.driven, createLog({ level: 'info', format: 'json' }, (line) => { lines.push(line) }))
    return { party, lines, stop }
  }

  it('starts a key generation once, when all places are filled', () => {
    const { party } = watched()
    party.answer('startKeygen', async () => undefined)
    party.show(unlocked({ sessions: [keygenSession(open, [acmePlace, annaPlace])] }))
    expect(party.calls).toEqual([])
    const sessions = [SESSION, OTHER_SESSION].map((id) => keygenSession(filled, [acmePlace, annaPlace], id))
    for (let i = 0; i < 2; i += 1) party.show(unlocked({ sessions }))
    expect(party.calls).toEqual([{ verb: 'startKeygen', options: { session: SESSION } }, { verb: 'startKeygen', options: { session: OTHER_SESSION } }])
  })

  it("leaves others' lobbies to their coordinators", () => {
    const { party } = watched()
    party.show(unlocked({ sessions: [{ ...keygenSession(filled, [acmePlace, annaPlace]), coordinator: false }] }))
    expect(party.calls).toEqual([])
  })

  it('logs why one could not be started', async () => {
    const { party, lines } = watched()
    const failed = new Promise<never>((_, reject) => { reject(new Error('signalling is away')) })
    party.answer('startKeygen', () => failed)
    party.show(unlocked({ sessions: [keygenSession(filled, [acmePlace, annaPlace])] }))
    await failed.catch(() => undefined)
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { level: 'warn', session: SESSION, reason: 'signalling is away', msg: 'a session could not be started' },
    ])
  })

  it('does nothing once stopped', () => {
    const { party, stop } = watched()
    stop()
    party.show(unlocked({ sessions: [keygenSession(filled, [acmePlace, annaPlace])] }))
    expect(party.calls).toEqual([])
  })
})
