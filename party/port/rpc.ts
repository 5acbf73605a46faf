import { Bug, TransportError } from '@trivet/protocol/core'
import { flattenError, reviveError } from './flat-error.ts'
import type { FlatError } from './flat-error.ts'
import type { PortLike } from './port.ts'

/** What one end lets the other call. Arguments and results must be cloneable. */
export type Table<T> = { readonly [K in keyof T]: (...args: never[]) => unknown }

/**
 * What passes over a port. Both ends are of one build, so that shapes are checked as far as this envelope; what is inside is
 * as the table's types say.
 */
type Message =
  | { readonly scope: string; readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly scope: string; readonly kind: 'tell'; readonly name: string; readonly args: readonly unknown[] }
  | { readonly scope: string; readonly kind: 'result'; readonly id: number; readonly value: never }
  | { readonly scope: string; readonly kind: 'error'; readonly id: number; readonly error: FlatError }

interface Pending {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

/** Calls in both directions over one port. Several scopes share a port without hearing each other. */
export class Rpc<Theirs extends Table<Theirs>> {
  readonly #port: PortLike
  readonly #scope: string
  readonly #mine: object
  readonly #pending = new Map<number, Pending>()
  readonly #stop: () => void
  #calls = 0
  #closed = false

  /** @param mine the functions, as own properties, that the other end may call */
  constructor(port: PortLike, scope: string, mine: object) {
    this.#port = port
    this.#scope = scope
    this.#mine = mine
    this.#stop = port.listen((value) => { if (isMessage(value) && value.scope === scope) this.#take(value) })
  }

  /** @throws what the other end threw, as the same kind of `MpcError`; {TransportError} once this end is closed */
  call<K extends keyof Theirs & string>(name: K, ...args: Parameters<Theirs[K]>): Promise<Awaited<ReturnType<Theirs[K]>>> {
    if (this.#closed) return Promise.reject(closedError())
    this.#calls += 1
    const id = this.#calls
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#post({ scope: this.#scope, kind: 'call', id, name, args })
    })
  }

  /** Like `call`, where nobody waits for an answer. */
  tell<K extends keyof Theirs & string>(name: K, ...args: Parameters<Theirs[K]>): void {
    if (!this.#closed) this.#post({ scope: this.#scope, kind: 'tell', name, args })
  }

  /** Hears and says nothing from now on; what was asked and not answered fails. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stop()
    for (const { reject } of this.#pending.values()) reject(closedError())
    this.#pending.clear()
  }

  #post(message: Message): void {
    this.#port.post(message)
  }

  #take(message: Message): void {
    switch (message.kind) {
      case 'call': return void this.#answer(message.id, message.name, message.args)
      case 'tell': return void this.#run(message.name, message.args)
      case 'result': return this.#settle(message.id)?.resolve(message.value)
      case 'error': return this.#settle(message.id)?.reject(reviveError(message.error))
    }
  }

  async #answer(id: number, name: string, args: readonly unknown[]): Promise<void> {
    const scope = this.#scope
    try {
      const value: unknown = await this.#run(name, args)
      if (!this.#closed) this.#port.post({ scope, kind: 'result', id, value })
    } catch (error) {
      if (!this.#closed) this.#post({ scope, kind: 'error', id, error: flattenError(error) })
    }
  }

  #run(name: string, args: readonly unknown[]): unknown {
    const act: unknown = Object.hasOwn(this.#mine, name) ? Reflect.get(this.#mine, name) : undefined
    if (typeof act !== 'function') throw new Bug(`no such call: ${this.#scope}.${name}`)
    return Reflect.apply(act, undefined, args)
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }
}

function closedError(): TransportError {
  return new TransportError('E_TRANSPORT', 'the other thread is gone')
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'scope' in value && 'kind' in value
}
