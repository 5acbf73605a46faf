import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSignalling } from '@trivet/signalling'
import { systemClock } from '../clock.ts'
import { createMemoryNetwork } from './memory.ts'
import { createSignallingClient } from './signalling.ts'
import { mailboxConformance } from './testing/mailbox-conformance.ts'
import type { SignallingFixture } from './testing/member.ts'
import { signallingConformance } from './testing/signalling-conformance.ts'

const memory: SignallingFixture = {
  async start() {
    const network = createMemoryNetwork()
    let made = 0
    return {
      client() {
        made += 1
        return network.transport(`device ${made}`).signalling
      },
      stop: () => Promise.resolve(),
    }
  },
}

const real: SignallingFixture = {
  async start() {
    const dataDir = await mkdtemp(join(tmpdir(), 'trivet-signalling-'))
    const server = startSignalling({ host: '127.0.0.1', port: 0, dataDir })
    await server.ready
    return {
      client: () => createSignallingClient({ url: server.url, role: 'mobile-app', deviceType: 'test', clock: systemClock }),
      async stop() {
        await server.close()
        await rm(dataDir, { recursive: true })
      },
    }
  },
}

signallingConformance('memory', memory)
mailboxConformance('memory', memory)
signallingConformance('real', real)
mailboxConformance('real', real)
