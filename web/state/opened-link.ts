import type { OpenedLink } from './router.svelte.ts'

const FRAGMENT = /^#(join|company)=./u

/**
 * Takes an invitation out of the page's address: it holds a secret, so it must not stay in the address bar, the history, a
 * bookmark or a screenshot. Anything else in the fragment is left alone.
 */
export function takeLink(
  location: Pick<Location, 'href' | 'hash' | 'pathname' | 'search'>,
  history: Pick<History, 'replaceState'>,
): OpenedLink | undefined {
  const kind = FRAGMENT.exec(location.hash)?.[1]
  if (kind !== 'join' && kind !== 'company') return undefined
  const link = location.href
  history.replaceState(null, '', location.pathname + location.search)
  return { kind, link }
}
