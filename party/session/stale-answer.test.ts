import { expect, test } from 'vitest'
import type { SessionInfo } from '@trivet/signalling/wire'
import { FakeClock } from '../testing/fake-clock.ts'
import { meet, person, sessionIn, type PersonOptions } from '../testing/people.ts'
import { createMemoryNetwork } from '../transport/memory.ts'

/** A server whose answer to joining comes late: the inviter was away when it was written, and has come back meanwhile. */
function answeringLate(transport: PersonOptions['transport']): PersonOptions['transport'] {
  const { signalling } = transport
  const joinSession = async (joinToken: string): Promise<SessionInfo> => {
    const told = new Promise<void>((resolve) => {
      signalling.listen(({ kind }) => { if (kind === 'session') resolve() })
    })
    const info = await signalling.joinSession(joinToken)
    await told
    return { ...info, participants: info.participants.map((one) => ({ ...one, online: one.party_id !== info.coordinator })) }
  }
  return {
    ...transport,
    signalling: new Proxy(signalling, {
      get: (target, name) => {
        const value: unknown = name === 'joinSession' ? joinSession : Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) as unknown : value
      },
    }),
  }
}

test('what the server said over its socket is newer than its answer to joining: the guest answers an inviter who has come back', async () => {
  const clock = new FakeClock()
  const network = createMemoryNetwork({ now: () => clock.now() })
  const anna = await person({ transport: network.transport('Anna'), name: 'Anna', clock })
  const ben = await person({ transport: answeringLate(network.transport('Ben')), name: 'Ben', clock })
  const session = await meet([anna, ben], { threshold: 2 })
  expect(sessionIn(anna.view(), session)?.places.map(({ name }) => name)).toEqual(['Anna', 'Ben'])
})
