/** A worker with the party's outside and no inside, for tests of the thread around it. What it is told decides how it behaves. */
import { parentPort, workerData } from 'node:worker_threads'
import { portOf, remoteTransport, serveParty } from '@trivet/party/port'
import type { Login } from '@trivet/party/transport'
import type { WorkerSetup } from '../worker-setup.ts'
import { STOP } from '../worker-setup.ts'
import { scriptParty, unlocked } from './scripted-party.ts'

const setup: WorkerSetup = workerData
if (parentPort === null) throw new Error('no port')
if (setup.partyName === 'fails at the start') throw new Error('the vault is damaged')

const port = portOf(parentPort)
const party = scriptParty()
const login: Login = { publicKey: new Uint8Array(32).fill(9), sign: async () => new Uint8Array(64) }
party.answer('lock', async () => process.exit(7))
party.answer('createInvitation', async ({ expiresInSeconds }) => ({ invitation: `for-${expiresInSeconds}-with-${Object.keys(process.env).length}-variables` }))
serveParty(port, party.driven)
const view = unlocked()
party.show({ ...view, connection: { state: 'connecting' }, ...(view.me === undefined ? {} : { me: { ...view.me, name: setup.partyName } }) })
await remoteTransport(port).signalling.connect(login).then(() => party.show(view), () => undefined)

parentPort.on('message', (message: unknown) => {
  if (message === STOP && setup.partyName !== 'does not stop') process.exit()
})
