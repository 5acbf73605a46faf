import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The command runs from `dist/cli` once built, and from `cli` in development. */
const root = import.meta.url.endsWith('.ts') ? new URL('../', import.meta.url) : new URL('../../', import.meta.url)

/** Where the build puts the page. */
export const pageDir = fileURLToPath(new URL('web/dist', root))

export function hasPage(): boolean {
  return existsSync(`${pageDir}/index.html`)
}
