/**
 * One random attack after another, each from its own seed: any protocol, any size, any party, any message, any field, any change.
 * What honest parties do before the attack is shared where it can be: keys, pairs, presignatures and base OTs are made once.
 */
import { Bug, type Pid } from '../core/errors.ts'
import { attacksOn, type Attack } from './attacks.ts'
import { generateEcdsa, type EcdsaParty } from './ecdsa.ts'
import { exportGroup } from './export.ts'
import { ecdsaGroup, frostGroup, keygenGroup, onlineGroup, presignGroup, repairGroup, type Group } from './groups.ts'
import { attempt, judge, saysIt } from './matrix.ts'
import { drawMutation } from './mutations.ts'
import { importGroup, reshareGroup } from './reshare-groups.ts'
import { pick, seededRng } from './seeded-rng.ts'

/** What became of one run. */
export interface TortureResult {
  /** Which attack on whom, for people. */
  readonly name: string
  /** What is not as it must be; nothing where all is. */
  readonly unexpected: string | undefined
  readonly wrongBlame: boolean
}

interface Scene {
  /** Runs of a thousand. What costs much is tried less often. */
  readonly weight: number
  readonly make: () => Group
}

const keys = new Map<string, readonly EcdsaParty[]>()

function keyOf(threshold: number, total: number): readonly EcdsaParty[] {
  const name = `${threshold}/${total}`
  const made = keys.get(name) ?? generateEcdsa(threshold, total, 'torture')
  keys.set(name, made)
  return made
}

const signers = [
  { t: 2, n: 2, set: [1, 2], share: 4 }, { t: 2, n: 3, set: [1, 2], share: 1 }, { t: 2, n: 3, set: [1, 3], share: 1 }, { t: 2, n: 3, set: [2, 3], share: 1 },
  { t: 2, n: 3, set: [1, 2, 3], share: 3 }, { t: 3, n: 5, set: [1, 3, 4], share: 1 }, { t: 3, n: 5, set: [2, 3, 5], share: 1 },
] as const

const SCENES: readonly Scene[] = [
  ...signers.flatMap(({ t, n, set, share }): readonly Scene[] => [
    { weight: 22 * share, make: () => ecdsaGroup(keyOf(t, n), set) },
    { weight: 11 * share, make: () => presignGroup(keyOf(t, n), set) },
    { weight: 8 * share, make: () => onlineGroup(keyOf(t, n), set) },
    { weight: 3 * share, make: () => frostGroup(t, n, set, 2) },
    { weight: 6 * share, make: () => frostGroup(t, n, set, 3) },
    { weight: 2 * share, make: () => exportGroup(t, n, set, set[0], 1) },
    { weight: 2 * share, make: () => exportGroup(t, n, set, set[1], 2) },
  ]),
  { weight: 20, make: () => repairGroup(keyOf(2, 2), [1, 2]) }, { weight: 20, make: () => repairGroup(keyOf(2, 3), [1, 3]) },
  { weight: 10, make: () => repairGroup(keyOf(3, 5), [2, 5]) },
  { weight: 130, make: () => keygenGroup(2, 2, 1) }, { weight: 28, make: () => keygenGroup(2, 3, 1) }, { weight: 4, make: () => keygenGroup(3, 5, 1) },
  { weight: 30, make: () => keygenGroup(2, 2, 2) }, { weight: 30, make: () => keygenGroup(2, 3, 2) }, { weight: 8, make: () => keygenGroup(3, 5, 2) },
  { weight: 30, make: () => keygenGroup(2, 2, 3) }, { weight: 30, make: () => keygenGroup(2, 3, 3) }, { weight: 10, make: () => keygenGroup(3, 5, 3) },
  { weight: 15, make: () => reshareGroup('refresh', 3) }, { weight: 20, make: () => reshareGroup('handover', 3) }, { weight: 20, make: () => reshareGroup('mixed', 3) },
  { weight: 10, make: () => reshareGroup('mixed', 2) }, { weight: 10, make: () => reshareGroup('handover', 1) }, { weight: 10, make: () => importGroup(3) },
]

const groups = new Map<Scene, Group>()

/** The run with this number of this seed: the same attack whenever it is asked for. */
export function tortureMessages(seed: string, run: number): TortureResult {
  const rng = seededRng(`torture ${seed} ${run}`)
  const scene = drawWeighted(pick(rng, SCENES.reduce((sum, { weight }) => sum + weight, 0)))
  const group = groups.get(scene) ?? scene.make()
  groups.set(scene, group)
  for (let round = 0; round < 50; round++) {
    const { attack, attacker, victim } = drawAttack(group, rng)
    const name = `${group.name}: ${attack.name} by party ${attacker}${attack.toOne ? ` to party ${victim}` : ''}`
    try {
      const outcomes = attempt(group, attack, attacker, `torture ${seed} ${run} ${round}`, victim)
      // Drawn again where it changed nothing: a replayed value may be the right one.
      if (outcomes === undefined) continue
      const { broken, wrongBlame } = judge(group, attack, attacker, outcomes)
      return { name, unexpected: broken, wrongBlame }
    } catch (error) {
      return { name, unexpected: `${name}: ${describe(error)}`, wrongBlame: false }
    }
  }
  throw new Bug(`run ${run} found nothing to change`)
}

function drawWeighted(ticket: number): Scene {
  let left = ticket
  for (const scene of SCENES) {
    if (left < scene.weight) return scene
    left -= scene.weight
  }
  throw new Bug('no such ticket')
}

function drawAttack(group: Group, rng: ReturnType<typeof seededRng>): { readonly attack: Attack; readonly attacker: Pid; readonly victim: Pid } {
  const attacker = one(rng, group.parties)
  const { suite, message, shape } = one(rng, group.messages.filter((said) => saysIt(group, said, attacker)))
  const curve = suite === 0 ? 1 : suite
  const attacks = attacksOn(suite, message, shape, (size) => [{ ...drawMutation(rng, size, curve), toOneToo: group.parties.length > 2 }])
  const receivers = group.recorded.filter((letter) => letter.from === attacker && letter.suite === suite && letter.type === message.type)
  return { attack: one(rng, attacks), attacker, victim: one(rng, receivers).receiver }
}

function one<T>(rng: ReturnType<typeof seededRng>, list: readonly T[]): T {
  const found = list[pick(rng, list.length)]
  if (found === undefined) throw new Bug('nothing to choose from')
  return found
}

function describe(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? `${error.message} (${error.cause.message})` : String(error)
}
