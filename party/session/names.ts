/** People go by the names of devices; a company's server goes by its rules, which go by keys. */
import type { SessionDeps } from './deps.ts'

/** Whether another device under a known name would mislead somebody here. */
export function goesByNames({ identity }: Pick<SessionDeps, 'identity'>): boolean {
  return identity.card.role === 'mobile-app'
}
