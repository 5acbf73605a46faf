/** That the model would notice: each rule, broken on purpose, loses or divides a wallet in a scenario where the real rules do not. */
import { explore, type Explored } from './explore.ts'
import { BROKEN, type BrokenRule } from './rules.ts'
import { SCENARIOS } from './scenarios.ts'
import type { ScenarioPlan } from './world.ts'

const OF_RULE: Readonly<Partial<Record<BrokenRule, string>>> = {
  'believe a certificate without old consent': 'refresh of the same three; forged certificates',
  'use a number twice': 'refresh of the same three; a number is proposed twice',
}
const OF_THE_OTHERS = 'refresh of the same three; a member votes to one and aborts to another'

export function scenarioFor(rule: BrokenRule): ScenarioPlan {
  const name = OF_RULE[rule] ?? OF_THE_OTHERS
  const plan = SCENARIOS.find((scenario) => scenario.name === name)
  if (plan === undefined) throw new RangeError(`no scenario called ${name}`)
  return plan
}

/** Looks for harm alone: that a record is gone which should be there is what most of these rules are about. */
export function breakRule(rule: BrokenRule): Explored {
  return explore(scenarioFor(rule), { rules: BROKEN[rule], watch: ['usable', 'undivided'] })
}
