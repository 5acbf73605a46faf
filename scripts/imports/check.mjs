import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { sources } from '../lib/folders.mjs'
import { root } from '../lib/root.mjs'
import { cycles } from './cycles.mjs'
import { importsOf } from './read.mjs'
import { breach } from './zones.mjs'

/**
 * Checks import directions and cycles of the whole repository.
 * @returns {string[]} one line for each breach, as `folder: file imports x: reason`; empty where all is well
 */
export function checkImports() {
  const files = sources(/\.(ts|mjs|svelte)$/)
  const imports = files.flatMap(importsOf)
  const lines = imports.flatMap((found) => {
    const wrong = breach(found)
    return wrong === undefined ? [] : [`${found.from} imports '${found.specifier}': ${wrong}`]
  })
  /** @type {Map<string, string[]>} */
  const graph = new Map(files.map((file) => [file, []]))
  for (const found of imports) {
    const target = resolve(found.from, found.specifier)
    if (target !== undefined) graph.get(found.from)?.push(target)
  }
  const circles = cycles(graph).map((group) => `${group.join(' ↔ ')}: these files import each other in a circle, so none can be understood or tested by itself`)
  return [...lines, ...circles]
}

/**
 * The file a relative import leads to. Cycles between folders are excluded by the zones already.
 * @param {string} from
 * @param {string} specifier
 */
function resolve(from, specifier) {
  if (!specifier.startsWith('.')) return undefined
  const path = posix.join(posix.dirname(from), specifier)
  return existsSync(`${root}${path}`) ? path : undefined
}
