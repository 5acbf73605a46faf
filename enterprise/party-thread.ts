/** The worker thread that holds party, vault and keys, seen from the main thread, which owns the network. */
import { MessageChannel, Worker } from 'node:worker_threads'
import { portOf, remoteParty, serveTransport, type DrivenParty } from '@trivet/party/port'
import type { Transport } from '@trivet/party/transport'
import { STOP, type WorkerSetup, type WorkerStart } from './worker-setup.ts'

/** How long the worker may take to close its vault. */
const STOP_WITHIN_MS = 5_000

export interface PartyThread {
  readonly party: DrivenParty
  /** Resolves if the worker ends without having been asked to. */
  readonly failure: Promise<Error>
  stop(): Promise<void>
}

/**
 * @param transport closed by the caller, after the thread has stopped
 * @param entry the worker's file: `worker.ts` from source, `worker.js` in the build, beside this one in both
 */
export function startPartyThread(setup: WorkerSetup, transport: Transport, entry = entryBeside(import.meta.url)): PartyThread {
  // A port of its own for the party: what is asked before the worker listens there waits, while the transport is in use already.
  const { port1: mine, port2: partyPort } = new MessageChannel()
  const start: WorkerStart = { setup, partyPort }
  const worker = new Worker(entry, {
    workerData: start,
    transferList: [partyPort],
    // Only `main.ts` reads the environment: the worker is given none.
    env: {},
    execArgv: entry.pathname.endsWith('.ts') ? ['--import', new URL('./register-typescript.mjs', import.meta.url).href] : [],
  })
  const stopServing = serveTransport(portOf(worker), transport)
  const party = remoteParty(portOf(mine))
  let stopping = false

  const ended = new Promise<Error | undefined>((resolve) => {
    worker.once('error', (error) => resolve(error instanceof Error ? error : new Error('the party’s worker failed')))
    worker.once('exit', (code) => resolve(stopping ? undefined : new Error(`the party’s worker ended with code ${code}`)))
  })
  const failure = ended.then((error) => {
    party.close()
    mine.close()
    stopServing()
    return error ?? new Promise<never>(() => undefined)
  })

  return {
    party,
    failure,
    async stop() {
      stopping = true
      worker.postMessage(STOP)
      const late = setTimeout(() => { void worker.terminate() }, STOP_WITHIN_MS)
      await ended
      clearTimeout(late)
    },
  }
}

function entryBeside(module: string): URL {
  return new URL(module.endsWith('.ts') ? './worker.ts' : './worker.js', module)
}
