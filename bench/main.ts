/** `npm run bench -- --suite NAME [--json -]`: measures, and prints a table, or one JSON document and nothing else. */
import { parseArgs } from 'node:util'
import { describeMachine, tableOf, type Measured } from './report.ts'
import { tabs } from './tabs.ts'

interface Suite {
  readonly measures: string
  /** @param note takes sentences about how far it is; they go to standard error */
  readonly run: (note: (sentence: string) => void) => Promise<Measured>
}

/** Every suite by its name. */
const suites: Readonly<Record<string, Suite>> = {
  tabs: { measures: 'a wallet made and a text signed by three tabs of one Chromium, as a person sees it', run: tabs },
}

const usage = `npm run bench -- --suite NAME [--json -]\n\n${Object.entries(suites).map(([name, { measures }]) => `  ${name}  ${measures}`).join('\n')}`

/** @returns the exit code: 2 where the command was not understood */
async function main(args: string[]): Promise<number> {
  const asked = read(args)
  if (typeof asked === 'string') {
    console.error(`${asked}\n\n${usage}`)
    return 2
  }
  const { runtime, rows } = await asked.suite.run((sentence) => console.error(sentence))
  const document = { runtime, ...describeMachine(), rows }
  console.log(asked.json ? JSON.stringify(document, undefined, 2) : tableOf(document))
  return 0
}

/** @returns what to do, or a sentence about what is wrong with the command */
function read(args: string[]): { readonly suite: Suite; readonly json: boolean } | string {
  let values: { readonly suite?: string; readonly json?: string }
  try {
    ({ values } = parseArgs({ args, options: { suite: { type: 'string' }, json: { type: 'string' } } }))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const { suite: name, json } = values
  if (name === undefined) return 'Say which suite to run.'
  const suite = Object.hasOwn(suites, name) ? suites[name] : undefined
  if (suite === undefined) return `There is no suite called ${name}.`
  if (json !== undefined && json !== '-') return `--json takes only "-", for standard output: ${json} was given.`
  return { suite, json: json === '-' }
}

process.exitCode = await main(process.argv.slice(2))
