const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1'])
const WILDCARD = new Set(['0.0.0.0', '::'])

/** Whether only this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host)
}

/** Where this server can be found, and which pages may call it. */
export interface Origins {
  /** The one to print and to give to pages. */
  readonly publicOrigin: string
  /** What it answers for in a login: its public origin and its names on the machine itself. */
  readonly own: readonly string[]
  /** Exact origins of pages that may call it. */
  readonly allowed: ReadonlySet<string>
}

export interface OriginOptions {
  readonly tls: boolean
  readonly host: string
  /** The port it listens on. */
  readonly port: number
  readonly publicUrl?: string
  /** Origins of pages besides its own. */
  readonly allowedOrigins?: readonly string[]
}

export function originsOf({ tls, host, port, publicUrl, allowedOrigins = [] }: OriginOptions): Origins {
  const at = (name: string): string => new URL(`${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`).origin
  const local = isLoopback(host) || WILDCARD.has(host) ? ['localhost', '127.0.0.1', ...(host === '::1' ? [host] : [])] : [host]
  const own = [...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]), ...local.map(at)]
  const [publicOrigin = at(host)] = own
  return { publicOrigin, own, allowed: new Set([...own, ...allowedOrigins]) }
}

/** The same origin for sockets: `http` becomes `ws`. */
export function socketOrigin(origin: string): string {
  return origin.replace(/^http/, 'ws')
}
