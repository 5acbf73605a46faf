/** Opens backup files beside the page where the browser lets it: Argon2id keeps a processor busy for seconds. */
import { openPiece, type Piece } from '@trivet/party/recovery'
import { MpcError, VaultError, type ErrorCode } from '@trivet/protocol/core'
import { trustedWorkerUrl } from '../platform/trusted-types.ts'

interface Asked {
  readonly file: Uint8Array
  readonly passphrase: string
}
type Answer = 'ready' | { readonly piece: Piece } | { readonly code: ErrorCode; readonly message: string }

export interface Opener {
  /** The page stands still meanwhile. */
  readonly isInPage: boolean
  /** One file at a time. @throws {MpcError} as `openPiece` does */
  open(file: Uint8Array, passphrase: string): Promise<Piece>
}

/** What runs in the worker: the page's own script, which finds no document there. */
export function serveOpener(): void {
  addEventListener('message', ({ data }: MessageEvent<Asked>) => {
    void answerTo(data).then((answer) => { say(answer) })
  })
  say('ready')
}

async function answerTo({ file, passphrase }: Asked): Promise<Answer> {
  try {
    return { piece: await openPiece(crypto.subtle, file, passphrase) }
  } catch (error) {
    return { code: error instanceof MpcError ? error.code : 'E_BUG', message: error instanceof Error ? error.message : String(error) }
  }
}

function say(answer: Answer): void {
  postMessage(answer)
}

/** @param source of the page's own script. A browser that lets no worker start from a file does the work in the page */
export async function startOpener(source: string, scope: Window): Promise<Opener> {
  try {
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
    const worker = new Worker(trustedWorkerUrl(url, scope), { name: 'opener' })
    await heard(worker, () => undefined)
    return {
      isInPage: false,
      async open(file, passphrase) {
        const answer = await heard(worker, () => { worker.postMessage({ file, passphrase } satisfies Asked) })
        if (answer === 'ready') throw new VaultError('E_BUG', 'the worker began anew')
        if ('code' in answer) throw new VaultError(answer.code, answer.message)
        return answer.piece
      },
    }
  } catch {
    return { isInPage: true, open: (file, passphrase) => openPiece(crypto.subtle, file, passphrase) }
  }
}

/** The next thing that the worker says after `ask`. @throws where it fails instead */
async function heard(worker: Worker, ask: () => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => { resolve(data) }
    worker.onerror = () => { reject(new VaultError('E_BUG', 'the worker failed')) }
    ask()
  })
}
