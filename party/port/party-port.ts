/** A party that lives in a worker, driven from the main thread. */
import type { PartyVerbs } from '../api.ts'
import type { PartyView } from '../views.ts'
import type { PortLike } from './port.ts'
import { Rpc } from './rpc.ts'

const SCOPE = 'party'

/** A party as whoever drives it sees it, in the same thread or another. */
export interface DrivenParty {
  readonly verbs: PartyVerbs
  /** Calls at once with the latest view, if there is one, and then at each change. @returns a function that stops */
  subscribe(listener: (view: PartyView) => void): () => void
}

type Verb<K extends keyof PartyVerbs> = (...args: Parameters<PartyVerbs[K]>) => Promise<Awaited<ReturnType<PartyVerbs[K]>>>

/** The verbs that cross the port: one line each, for both ends. A verb that is missing here does not compile. */
function verbTable(make: <K extends keyof PartyVerbs>(name: K) => Verb<K>): PartyVerbs {
  return {
    unlock: make('unlock'),
    lock: make('lock'),
    changePassphrase: make('changePassphrase'),
    addPasskey: make('addPasskey'),
    removePasskey: make('removePasskey'),
    makeBackup: make('makeBackup'),
    proveBackup: make('proveBackup'),
    readBackup: make('readBackup'),
    restoreBackup: make('restoreBackup'),
    readImport: make('readImport'),
    giveShare: make('giveShare'),
    createWallet: make('createWallet'),
    readLink: make('readLink'),
    joinWallet: make('joinWallet'),
    startKeygen: make('startKeygen'),
    compareWords: make('compareWords'),
    forgetKnown: make('forgetKnown'),
    addAccount: make('addAccount'),
    labelAccount: make('labelAccount'),
    requestSignature: make('requestSignature'),
    repairPair: make('repairPair'),
    requestExport: make('requestExport'),
    takeExport: make('takeExport'),
    cancelExport: make('cancelExport'),
    collectExport: make('collectExport'),
    approve: make('approve'),
    decline: make('decline'),
    close: make('close'),
    finishWallet: make('finishWallet'),
    changeWallet: make('changeWallet'),
    forgetWallet: make('forgetWallet'),
    createInvitation: make('createInvitation'),
  }
}

type MainTable = { view(view: PartyView): void }

/** Worker: lets the main thread at the other end of the port drive this party, which is told each view from now on. @returns a function that stops */
export function serveParty(port: PortLike, party: DrivenParty): () => void {
  const verbs: { readonly [K in keyof PartyVerbs]: Verb<K> } = party.verbs
  const table = verbTable(<K extends keyof PartyVerbs>(name: K): Verb<K> => (...args) => verbs[name](...args))
  const rpc = new Rpc<MainTable>(port, SCOPE, table)
  // Without being asked: the other end listens since before this thread began.
  const unsubscribe = party.subscribe((view) => rpc.tell('view', view))
  return () => {
    unsubscribe()
    rpc.close()
  }
}

/**
 * Main thread, before the worker serves its party: the party at the other end of the port. `close` lets go of the port; the party lives on.
 * @param pace calls back when a view that has come should be told; of those that come in the meantime the last one is told. By default at once
 */
export function remoteParty(port: PortLike, pace: (tell: () => void) => void = (tell) => { tell() }): DrivenParty & { close(): void } {
  const listeners = new Set<(view: PartyView) => void>()
  let latest: PartyView | undefined
  /** Has come, and is not told yet. */
  let waiting: PartyView | undefined
  const tell = (): void => {
    if (waiting === undefined) return
    latest = waiting
    waiting = undefined
    for (const listener of listeners) listener(latest)
  }
  const table: MainTable = {
    view(view) {
      const isAwaited = waiting !== undefined
      waiting = view
      if (!isAwaited) pace(tell)
    },
  }
  const rpc = new Rpc<PartyVerbs>(port, SCOPE, table)
  return {
    // Whoever has an answer sees what came before it.
    verbs: verbTable((name) => (...args) => rpc.call(name, ...args).finally(tell)),
    subscribe(listener) {
      listeners.add(listener)
      if (latest !== undefined) listener(latest)
      return () => listeners.delete(listener)
    },
    close() {
      listeners.clear()
      rpc.close()
    },
  }
}
