/** Writes what was measured into a document, between two marks that name the runtime. */
import { readFile, writeFile } from 'node:fs/promises'
import { cellsOf, machineOf, type Machine, type Measured } from './report.ts'
import type { Row } from './row.ts'

/** @param mark `node`, `chromium`: the document has `<!-- bench: mark -->` and `<!-- end -->` on lines of their own */
export async function writeInto(path: string, mark: string, document: Measured & Machine): Promise<void> {
  const text = await readFile(path, 'utf8')
  await writeFile(path, replaced(text, mark, markdownOf(document)))
}

/** @throws {Error} the text has no such marks */
export function replaced(text: string, mark: string, content: string): string {
  const start = `<!-- bench: ${mark} -->\n`
  const from = text.indexOf(start)
  const to = text.indexOf('<!-- end -->', from)
  if (from < 0 || to < 0) throw new Error(`there is no place for ${mark}: expected "${start.trimEnd()}" and "<!-- end -->"`)
  return `${text.slice(0, from + start.length)}\n${content}\n\n${text.slice(to)}`
}

/** What times are also given in, since it depends less on the machine: one such operation of the library, measured in the same run. */
const SCALE = 'noble secp256k1 variable multiply'

/** A sentence about the machine and a table. */
export function markdownOf(document: Measured & Machine): string {
  const [heading = [], ...lines] = cellsOf(document.rows)
  const scale = document.rows.find(({ name }) => name === SCALE)
  const ratios = document.rows.map((row) => (scale === undefined ? [] : [(inMicroseconds(row) / inMicroseconds(scale)).toFixed(2)]))
  const cells = [scale === undefined ? heading : [...heading, 'multiplications'], ...lines.map((line, i) => [...line, ...ratios[i] ?? []])]
  const [first = '', ...rest] = cells.map((line) => `| ${line.join(' | ')} |`)
  return [`${machineOf(document)}.`, '', first, `| --- ${'| ---: '.repeat((cells[0]?.length ?? 1) - 1)}|`, ...rest].join('\n')
}

function inMicroseconds({ unit, median }: Row): number {
  return unit === 'ms' ? 1000 * median : median
}
