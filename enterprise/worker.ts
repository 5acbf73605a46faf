/** Entry of the worker thread: party, vault and keys live here. The network is on the main thread, at the other end of the port. */
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '@trivet/party'
import { portOf, remoteTransport, serveParty } from '@trivet/party/port'
import { Bug } from '@trivet/protocol/core'
import { createLog } from './log.ts'
import { createNodeParty } from './node-party.ts'
import { guardPolicy, logDecision, policyOf } from './policy/policy.ts'
import { loadShareKey, openFileStore } from './store/index.ts'
import { STOP, type WorkerStart } from './worker-setup.ts'

const HOUR_MS = 3_600_000

if (parentPort === null) throw new Bug('the worker was started as a program of its own')
// Both ends are of one build: the shape is what `startPartyThread` gives.
const { setup, partyPort } = workerData as WorkerStart
const log = createLog(setup.log)
// The key first: it is made only where there is no vault yet.
const key = loadShareKey({ source: setup.shareKey, dataDir: setup.dataDir, warn: (sentence) => log.warn({}, sentence) })
const store = openFileStore(setup.dataDir)

const party = await createNodeParty({
  role: setup.partyRole,
  store,
  transport: remoteTransport(portOf(parentPort)),
  policy: guardPolicy(policyOf(setup.policy), (ms, ring) => systemClock.after(ms, ring), logDecision(log)),
  presignatures: setup.presignatures,
  exportDelayMs: setup.exportDelayHours * HOUR_MS,
  log,
})
// The vault is open before signalling has let the party in, which may take as long as the server is away.
party.subscribe(({ me }) => { if (me !== undefined) key.fill(0) })
serveParty(portOf(partyPort), party)
parentPort.on('message', (message: unknown) => {
  if (message === STOP) void stop()
})
await party.openHeadless({ name: setup.partyName, source: { kind: 'raw', key } })

/** Leaves all sessions, closes the vault and ends this thread. */
async function stop(): Promise<void> {
  try {
    await party.close()
  } finally {
    store.close()
    process.exit()
  }
}
