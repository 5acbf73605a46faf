import { MpcError, TransportError } from '@trivet/protocol/core'
import { WireError, parseErrorShape } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import { errorOf } from './server-errors.ts'

const ANSWER_WITHIN_MS = 10_000
const MAX_ANSWER_BYTES = 262_144

export interface RestOptions {
  /** Scheme, host and port. */
  readonly origin: string
  readonly clock: Clock
  /** The platform's, or one of the same shape. */
  readonly fetch: typeof fetch
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly token?: string
  readonly body?: object
}

/** Calls of the introduction server, which may be hostile: every answer is bounded and parsed. */
export class Rest {
  readonly #options: RestOptions

  constructor(options: RestOptions) {
    this.#options = options
  }

  /**
   * @param parse throws `WireError` if an answer is not as agreed
   * @throws {Refused} {InputError} the server's no · {TransportError} not reached, or no answer as agreed
   */
  async call<T>(request: RestRequest, parse: (value: unknown) => T): Promise<T> {
    const { clock } = this.#options
    const abort = new AbortController()
    const cancel = clock.after(ANSWER_WITHIN_MS, () => abort.abort())
    try {
      const response = await this.#fetch(request, abort.signal)
      const value = await readJson(response)
      if (!response.ok) throw errorOf(parseErrorShape(value))
      return parse(value)
    } catch (error) {
      if (error instanceof MpcError) throw error
      throw new TransportError('E_TRANSPORT', error instanceof WireError ? 'the introduction server\'s answer is not as agreed' : 'the introduction server cannot be reached', { cause: error })
    } finally {
      cancel()
    }
  }

  #fetch({ method, path, token, body }: RestRequest, signal: AbortSignal): Promise<Response> {
    const { origin, fetch } = this.#options
    return fetch(`${origin}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
      // A login must not follow wherever a server sends it.
      redirect: 'error',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    })
  }
}

/** As the platforms have it, whose own types differ. */
interface BodyReader {
  read(): Promise<{ readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

async function readJson(response: Response): Promise<unknown> {
  const reader: BodyReader | undefined = response.body?.getReader()
  const text = new TextDecoder()
  let json = ''
  let bytes = 0
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    bytes += part.value.length
    if (bytes > MAX_ANSWER_BYTES) {
      await reader?.cancel()
      throw new TransportError('E_TRANSPORT', `the introduction server's answer has more than ${MAX_ANSWER_BYTES} bytes`)
    }
    json += text.decode(part.value, { stream: true })
  }
  return JSON.parse(json + text.decode())
}
