/** A worker with the party's outside and no inside, for tests of the thread around it. What it is told decides how it behaves. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { portOf, remoteTransport, serveParty } from '@trivet/party/port'
import type { Login } from '@trivet/party/transport'
import { STOP, type WorkerStart } from '../worker-setup.ts'
import { scriptParty, unlocked } from './scripted-party.ts'

const { setup, partyPort } = workerData as WorkerStart
if (parentPort === null) throw new Error('no port')
if (setup.partyName === 'fails at the start') throw new Error('the vault is damaged')

const party = scriptParty()
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const login: Login = {
  publicKey: Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)),
  sign: async (message) => Uint8Array.from(sign(null, message, privateKey)),
}
party.answer('lock', async () => process.exit(7))
party.answer('createInvitation', async ({ expiresInSeconds }) => ({ invitation: `for-${expiresInSeconds}-with-${Object.keys(process.env).length}-variables` }))
serveParty(portOf(partyPort), party.driven)
const view = unlocked()
party.show({ ...view, connection: { state: 'connecting' }, ...(view.me === undefined ? {} : { me: { ...view.me, name: setup.partyName } }) })
await remoteTransport(portOf(parentPort)).signalling.connect(login).then(() => party.show(view), () => undefined)

parentPort.on('message', (message: unknown) => {
  if (message === STOP && setup.partyName !== 'does not stop') process.exit()
})
