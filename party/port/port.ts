/** One end of a message port: whatever is posted arrives at the other end as a structured clone, in order. */
export interface PortLike {
  post(value: unknown): void
  /** @returns a function that stops listening */
  listen(listener: (value: unknown) => void): () => void
}

/** Browsers' `Worker`, a worker's own scope, and `MessagePort` in browsers and Node. */
export interface EventPort {
  postMessage(value: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  removeEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  /** A `MessagePort` delivers nothing before. */
  start?(): void
}

/** Node's `worker_threads.Worker`. */
export interface EmitterPort {
  postMessage(value: unknown): void
  on(event: 'message', listener: (value: unknown) => void): unknown
  off(event: 'message', listener: (value: unknown) => void): unknown
}

export function portOf(target: EventPort | EmitterPort): PortLike {
  return 'addEventListener' in target ? eventPort(target) : emitterPort(target)
}

function eventPort(target: EventPort): PortLike {
  return {
    post: (value) => target.postMessage(value),
    listen(listener) {
      const heard = (event: { readonly data: unknown }): void => listener(event.data)
      target.addEventListener('message', heard)
      target.start?.()
      return () => target.removeEventListener('message', heard)
    },
  }
}

function emitterPort(target: EmitterPort): PortLike {
  return {
    post: (value) => target.postMessage(value),
    listen(listener) {
      target.on('message', listener)
      return () => target.off('message', listener)
    },
  }
}
