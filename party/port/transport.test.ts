import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Bug, InputError, Refused, TransportError } from '@trivet/protocol/core'
import { createMemoryNetwork } from '../transport/memory.ts'
import { linkConformance } from '../transport/testing/link-conformance.ts'
import { Member, keygen, newLogin } from '../transport/testing/member.ts'
import { portOf, remoteTransport, serveTransport } from './index.ts'
import { portPair } from './port-pair.fixture.ts'

describe('a transport over a port', () => {
  it('logs in with a signature that the worker makes, and relays calls, errors and events', async () => {
    const network = createMemoryNetwork()
    const [main, worker] = portPair()
    onTestFinished(serveTransport(main, network.transport('one')))
    const { signalling } = remoteTransport(worker)
    const events: string[] = []
    const connected = new Promise<void>((resolve) => signalling.listen((event) => {
      if (event.kind === 'connection') events.push(event.state)
      if (event.kind === 'connection' && event.state === 'refused') resolve()
    }))
    await expect(signalling.connect({ publicKey: new Uint8Array(32).fill(3), sign: async () => new Uint8Array(64) })).rejects.toThrow(Refused)
    await connected
    expect(events).toEqual(['connecting', 'refused'])
    await expect(signalling.joinSession('x')).rejects.toThrow(TransportError)
  })

  it('leaves mail, and brings it', async () => {
    const network = createMemoryNetwork()
    const members = await Promise.all(['one', 'two'].map(async (name) => {
      const [main, worker] = portPair()
      onTestFinished(serveTransport(main, network.transport(name)))
      const { login, party } = await newLogin()
      const member = new Member(remoteTransport(worker).signalling, party)
      await member.signalling.connect(login)
      return member
    }))
    const [anna, bob] = members
    if (anna === undefined || bob === undefined) throw new Bug('two members')
    const { session_id: id, join_tokens } = await anna.signalling.createSession(keygen(anna, { place: 2 }))
    await bob.signalling.joinSession(join_tokens['place:2'] ?? '')
    network.setOnline('two', false)
    await anna.signalling.leave(id, bob.party, Uint8Array.of(1, 2))
    network.setOnline('two', true)
    expect(await bob.heard('mail', () => true)).toEqual({ kind: 'mail', sessionId: id, from: anna.party, payload: Uint8Array.of(1, 2) })
    await expect(anna.signalling.leave(id, bob.party, new Uint8Array())).rejects.toThrow(InputError)
  })

  it('works with a worker of Node', async () => {
    const worker = new Worker('require("node:worker_threads").parentPort.on("message", (value) => require("node:worker_threads").parentPort.postMessage(value))', { eval: true })
    const port = portOf(worker)
    const echoed = new Promise((resolve) => port.listen(resolve))
    port.post({ bytes: Uint8Array.of(1, 2) })
    await expect(echoed).resolves.toEqual({ bytes: Uint8Array.of(1, 2) })
    await worker.terminate()
  })
})

linkConformance('ported memory', {
  path: 'memory',
  factories: () => {
    const network = createMemoryNetwork()
    const [one, two] = ['one', 'two'].map((name) => {
      const [main, worker] = portPair()
      serveTransport(main, network.transport(name))
      return remoteTransport(worker).links
    })
    if (one === undefined || two === undefined) throw new Bug('two factories')
    return [one, two]
  },
})
