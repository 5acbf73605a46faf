import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { root } from '../lib/root.mjs'

/** @typedef {import('./zones.mjs').Import} Import */

/**
 * Every import, re-export and dynamic import of a file, by its syntax tree.
 * @param {string} path from the root; a TypeScript, JavaScript or Svelte file
 * @returns {Import[]}
 */
export function importsOf(path) {
  const text = readFileSync(`${root}${path}`, 'utf8')
  return importsIn(path, path.endsWith('.svelte') ? scriptsOf(text) : text)
}

/**
 * @param {string} from
 * @param {string} text
 * @returns {Import[]}
 */
export function importsIn(from, text) {
  /** @type {Import[]} */
  const found = []
  const add = (/** @type {ts.Node | undefined} */ specifier, /** @type {boolean} */ typeOnly) => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) found.push({ from, specifier: specifier.text, typeOnly })
  }
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsTypesOnly(node.importClause))
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(from.replace(/\.svelte$/, '.ts'), text, ts.ScriptTarget.Latest))
  return found
}

/** @param {ts.ImportClause | undefined} clause */
function importsTypesOnly(clause) {
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = clause.namedBindings
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named)
    && named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly)
}

/**
 * The script blocks of a Svelte file.
 * @param {string} text
 * @returns {string}
 */
export function scriptsOf(text) {
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1] ?? '').join('\n')
}
