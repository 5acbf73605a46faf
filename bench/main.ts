/** `npm run bench -- --suite NAME`: measures, and prints a table, or with `--json -` one JSON document and nothing else. */
import { parseArgs } from 'node:util'
import { writeInto } from './document.ts'
import { inChromium, inNode } from './protocol/index.ts'
import { isScheme, SUITES, type Scheme } from './protocol/schemes.ts'
import { describeMachine, tableOf, type Measured } from './report.ts'
import { tabs } from './tabs.ts'

const RUNTIMES = { node: inNode, chromium: inChromium } as const
type RuntimeName = keyof typeof RUNTIMES

const usage = `npm run bench -- --suite tabs [--json -]
    a wallet made and a text signed by three tabs of one Chromium, as a person sees it
npm run bench -- --suite protocol --runtime ${Object.keys(RUNTIMES).join('|')} [--only ${Object.keys(SUITES).join('|')}] [--json -] [--write FILE]
    every ceremony, each party by itself, beside noble's own operations
    --write puts the table into a document, between its two marks for the runtime`

interface Order {
  /** @param note takes sentences about how far it is; they go to standard error */
  readonly measure: (note: (sentence: string) => void) => Promise<Measured>
  readonly json: boolean
  /** A document and the mark in it. */
  readonly write?: { readonly path: string; readonly mark: string }
}

/** @returns the exit code: 2 where the command was not understood */
async function main(args: string[]): Promise<number> {
  const order = read(args)
  if (typeof order === 'string') {
    console.error(`${order}\n\n${usage}`)
    return 2
  }
  const machine = describeMachine()
  const { runtime, rows } = await order.measure((sentence) => console.error(sentence))
  const document = { runtime, ...machine, rows }
  if (order.write !== undefined) await writeInto(order.write.path, order.write.mark, document)
  console.log(order.json ? JSON.stringify(document, undefined, 2) : tableOf(document))
  return 0
}

interface Asked {
  readonly suite?: string
  readonly json?: string
  readonly runtime?: string
  readonly only?: string
  readonly write?: string
}

/** @returns what to do, or a sentence about what is wrong with the command */
function read(args: string[]): Order | string {
  let asked: Asked
  try {
    const text = { type: 'string' } as const
    asked = parseArgs({ args, options: { suite: text, json: text, runtime: text, only: text, write: text } }).values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const { suite, json } = asked
  if (json !== undefined && json !== '-') return `--json takes only "-", for standard output: ${json} was given.`
  if (suite === 'protocol') return readProtocol(asked)
  if (suite !== 'tabs') return suite === undefined ? 'Say which suite to run.' : `There is no suite called ${suite}.`
  const extra = (['runtime', 'only', 'write'] as const).find((option) => asked[option] !== undefined)
  return extra === undefined ? { measure: tabs, json: json === '-' } : `--${extra} is for the suite protocol.`
}

function readProtocol({ json, runtime, only, write }: Asked): Order | string {
  if (runtime === undefined || !isRuntime(runtime)) return `--runtime is one of ${Object.keys(RUNTIMES).join(', ')}.`
  if (only !== undefined && !isScheme(only)) return `--only is one of ${Object.keys(SUITES).join(', ')}.`
  const schemes: readonly Scheme[] = only === undefined ? Object.keys(SUITES).filter(isScheme) : [only]
  return {
    measure: (note) => RUNTIMES[runtime](schemes, note), json: json === '-',
    ...write === undefined ? {} : { write: { path: write, mark: runtime } },
  }
}

function isRuntime(name: string): name is RuntimeName {
  return Object.hasOwn(RUNTIMES, name)
}

process.exitCode = await main(process.argv.slice(2))
