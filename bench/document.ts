/** Writes what was measured into a document, between two marks that name the runtime. */
import { readFile, writeFile } from 'node:fs/promises'
import { cellsOf, machineOf, type Machine, type Measured } from './report.ts'

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

/** A sentence about the machine and a table. */
export function markdownOf(document: Measured & Machine): string {
  const [heading = [], ...lines] = cellsOf(document.rows)
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [`${machineOf(document)}.`, '', line(heading), line(heading.map((_, i) => (i === 0 ? '---' : '---:'))), ...lines.map(line)].join('\n')
}
