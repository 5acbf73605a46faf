import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

const skipped = new Set(['node_modules', 'dist', 'data', 'demo'])

/** @returns {string[]} the workspaces, as the root's package.json lists them */
export function workspaces() {
  /** @type {{ workspaces: string[] }} */
  const { workspaces: names } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  return names
}

/** @returns {string[]} every tsconfig that compiles something, from the root, the root's own first */
export function tsconfigs() {
  return ['tsconfig.json', ...workspaces().flatMap(tsconfigsUnder)].filter((path) => existsSync(`${root}${path}`))
}

/**
 * For each folder with TypeScript its files and the tsconfigs that know them. A folder's `tsconfig.test.json` comes
 * first: it knows the tests as well.
 * @returns {{ files: string[], project: string[] }[]}
 */
export function typeConfigs() {
  const own = { files: ['*.ts', '*.mjs', 'scripts/**/*.{ts,mjs}'], project: ['tsconfig.json'] }
  const folders = workspaces().map((folder) => ({
    files: [`${folder}/**/*.{ts,mjs}`],
    project: tsconfigsUnder(folder).sort((a, b) => Number(b.includes('test')) - Number(a.includes('test'))),
  }))
  return [own, ...folders].filter(({ project }) => project.length > 0)
}

/**
 * Source files of the workspaces, scripts and root, without what is built or installed.
 * @param {RegExp} pattern for the file's name
 * @returns {string[]} paths from the root with forward slashes, sorted
 */
export function sources(pattern) {
  const inFolders = [...workspaces(), 'scripts'].flatMap((folder) => filesUnder(folder))
  const atRoot = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name)
  return [...atRoot, ...inFolders].filter((path) => pattern.test(path)).sort()
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function tsconfigsUnder(folder) {
  return filesUnder(folder).filter((path) => /(^|\/)tsconfig(\.\w+)?\.json$/.test(path))
}

/**
 * @param {string} folder from the root
 * @returns {string[]}
 */
function filesUnder(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesUnder(path)
    return [path]
  })
}
