/** The worker thread that holds party, vault and keys, seen from the main thread, which owns the network. */
import { Worker } from 'node:worker_threads'
import { portOf, remoteParty, serveTransport, type DrivenParty } from '@trivet/party/port'
import type { Transport } from '@trivet/party/transport'
import { STOP, type WorkerSetup } from './worker-setup.ts'

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
  const worker = new Worker(entry, {
    workerData: setup,
    // Only `main.ts` reads the environment: the worker is given none.
    env: {},
    execArgv: entry.pathname.endsWith('.ts') ? ['--import', new URL('./register-typescript.mjs', import.meta.url).href] : [],
  })
  const port = portOf(worker)
  const stopServing = serveTransport(port, transport)
  const party = remoteParty(port)
  let stopping = false

  const ended = new Promise<Error | undefined>((resolve) => {
    worker.once('error', (error) => resolve(error instanceof Error ? error : new Error('the party’s worker failed')))
    worker.once('exit', (code) => resolve(stopping ? undefined : new Error(`the party’s worker ended with code ${code}`)))
  })
  const failure = ended.then((error) => {
    party.close()
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
