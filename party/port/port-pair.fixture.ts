/** Two ends of a port, for tests alone. */
import { onTestFinished } from 'vitest'
import { portOf } from './index.ts'
import type { PortLike } from './index.ts'

/** Closed after the test. */
export function portPair(): readonly [PortLike, PortLike] {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  return [portOf(port1), portOf(port2)]
}
