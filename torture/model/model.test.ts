import { describe, expect, test } from 'vitest'
import { breakRule, scenarioFor } from './broken.ts'
import { explore } from './explore.ts'
import { BROKEN_RULES } from './rules.ts'
import { LIMITS, SCENARIOS } from './scenarios.ts'

/** `npm run model` visits the others, too. */
const QUICK = SCENARIOS.filter(({ name }) => name.startsWith('two of three') || !/withheld|restored|crashes|who leaves/.test(name))

describe('the commit of an epoch', () => {
  test.for(QUICK.map((plan) => [plan.name, plan] as const))('loses and divides nothing: %s', ([, plan]) => {
    const { states, counterexample } = explore(plan)
    expect(counterexample).toBeUndefined()
    expect(states).toBeGreaterThan(20)
  })

  test('is explored in every change of a wallet of three', () => {
    const changes = new Set(SCENARIOS.flatMap(({ name }) => (name.includes(';') ? [name.split(';')[0]] : [])))
    expect(new Set(QUICK.map(({ name }) => name.split(';')[0]))).toEqual(changes)
  })

  test.for(LIMITS.map((plan) => [plan.name, plan] as const))('may be divided where %s, and loses nothing then either', ([, plan]) => {
    expect(explore(plan, { watch: ['usable', 'kept'] }).counterexample).toBeUndefined()
    expect(explore(plan, { watch: ['undivided'] }).counterexample?.broken).toMatch(/S1 and S2 have a quorum each/)
  })

  test('has the same verdict where devices are not taken for one another', () => {
    for (const plan of SCENARIOS.filter(({ name }) => /^two of three.*(twice|back again|aborts)/.test(name))) {
      const [reduced, full] = [explore(plan), explore(plan, { isReduced: false })]
      expect(full.counterexample).toBeUndefined()
      expect(full.states).toBeGreaterThanOrEqual(reduced.states)
    }
  })
})

describe('a rule broken on purpose does harm, and the way to it is shown:', () => {
  test.for(BROKEN_RULES)('%s', (rule) => {
    expect(explore(scenarioFor(rule)).counterexample).toBeUndefined()
    const { counterexample } = breakRule(rule)
    expect(counterexample?.broken).toMatch(/no epoch has enough usable shares|have a quorum each/)
    expect(counterexample?.trace.length).toBeGreaterThan(0)
    for (const step of counterexample?.trace ?? []) expect(step).toMatch(/^\d+\. device \w /)
  })
})
