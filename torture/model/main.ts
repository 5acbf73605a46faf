/**
 * `npm run model`: visits every state of every scenario, then breaks each rule and shows how that does harm. One line of JSON for each on
 * standard output, the last one in sum; ways to what is broken on standard error. It fails where an invariant does not hold, where a broken
 * rule does no harm, and where a known limit (`docs/protocols/epoch-commit.md`) is gone or is more than it is said to be.
 */
import { breakRule, scenarioFor } from './broken.ts'
import { explore, type Explored } from './explore.ts'
import { BROKEN_RULES } from './rules.ts'
import { LIMITS, SCENARIOS } from './scenarios.ts'

function show(what: string, { counterexample }: Explored): void {
  if (counterexample !== undefined) console.error(`${what}\n  ${[...counterexample.trace, counterexample.broken].join('\n  ')}\n`)
}

function say(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(line))
}

let [states, scenarios] = [0, 0]
for (const plan of SCENARIOS) {
  const began = performance.now()
  const found = explore(plan)
  const invariantHolds = found.counterexample === undefined
  say({ scenario: plan.name, states: found.states, invariantHolds, seconds: Math.round((performance.now() - began) / 100) / 10 })
  show(plan.name, found)
  states += found.states
  if (invariantHolds) scenarios += 1
}

let limits = 0
for (const plan of LIMITS) {
  const lost = explore(plan, { watch: ['usable', 'kept'] })
  const divided = explore(plan, { watch: ['undivided'] })
  const isAsSaid = lost.counterexample === undefined && divided.counterexample !== undefined
  say({ limit: plan.name, states: lost.states, nothingLost: lost.counterexample === undefined, mayBeDivided: divided.counterexample !== undefined })
  show(plan.name, lost)
  if (isAsSaid) limits += 1
}

let brokenRulesFound = 0
for (const rule of BROKEN_RULES) {
  const found = breakRule(rule)
  say({ brokenRule: rule, scenario: scenarioFor(rule).name, found: found.counterexample !== undefined, steps: found.counterexample?.trace.length ?? 0 })
  show(`broken on purpose: ${rule}`, found)
  if (found.counterexample !== undefined) brokenRulesFound += 1
}

const invariantHolds = scenarios === SCENARIOS.length
say({ states, invariantHolds, scenarios: SCENARIOS.length, brokenRules: BROKEN_RULES.length, brokenRulesFound, limits: LIMITS.length })
process.exitCode = invariantHolds && limits === LIMITS.length && brokenRulesFound === BROKEN_RULES.length ? 0 : 1
