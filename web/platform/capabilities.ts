/** What this browser lacks, found by trying it rather than by its name. */

/** In the order in which they are looked for; texts for people belong to the page. */
export type ProblemCode = 'insecure-context' | 'no-webcrypto' | 'no-storage' | 'no-webrtc' | 'no-wasm' | 'no-worker' | 'bad-config'

export interface Problem {
  readonly code: ProblemCode
  /** For the details of an error: English, public. */
  readonly detail: string
}

/** The page's global scope, as far as it is looked at. Members that TypeScript believes in may be missing in a real browser. */
export interface PageScope {
  readonly isSecureContext: boolean
  readonly origin: string
  readonly crypto?: Partial<Pick<Crypto, 'subtle'>>
  readonly indexedDB?: IDBFactory
  readonly RTCPeerConnection?: unknown
  readonly WebAssembly?: Pick<typeof WebAssembly, 'compile'>
  readonly Worker?: unknown
}

/** A module with nothing in it; compiling it also shows whether the page's content policy allows WebAssembly. */
const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)
const PROBE_DATABASE = 'trivet-probe'

/** Everything that keeps this page from working; an insecure context alone, since it is the cause of the rest. */
export async function findProblems(scope: PageScope): Promise<Problem[]> {
  if (!scope.isSecureContext) return [{ code: 'insecure-context', detail: `${scope.origin} is neither https nor localhost` }]
  const problems = [
    scope.crypto?.subtle === undefined ? problem('no-webcrypto', 'crypto.subtle is missing') : undefined,
    await tried('no-storage', scope.indexedDB && probeStorage(scope.indexedDB)),
    scope.RTCPeerConnection === undefined ? problem('no-webrtc', 'RTCPeerConnection is missing') : undefined,
    await tried('no-wasm', scope.WebAssembly?.compile(EMPTY_MODULE)),
    scope.Worker === undefined ? problem('no-worker', 'Worker is missing') : undefined,
  ]
  return problems.filter((found) => found !== undefined)
}

function problem(code: ProblemCode, detail: string): Problem {
  return { code, detail }
}

async function tried(code: ProblemCode, trial: Promise<unknown> | undefined): Promise<Problem | undefined> {
  if (trial === undefined) return problem(code, 'it is missing')
  try {
    await trial
    return undefined
  } catch (error) {
    return problem(code, String(error))
  }
}

/** Some private windows have IndexedDB and refuse to open a database. */
function probeStorage(factory: IDBFactory): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = factory.open(PROBE_DATABASE)
    request.onerror = () => {
      reject(request.error ?? new Error('IndexedDB could not be opened'))
    }
    request.onsuccess = () => {
      request.result.close()
      factory.deleteDatabase(PROBE_DATABASE)
      resolve()
    }
  })
}
