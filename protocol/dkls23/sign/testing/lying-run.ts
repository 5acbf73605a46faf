import type { Pid } from '../../../core/errors.ts'
import type { Run } from '../../../core/run.ts'
import { ecdsaRun, type EcdsaParty, type TestEcdsa } from '../../../testing/ecdsa.ts'
import type { EcdsaSignature } from '../ceremony.ts'
import { lyingSign, type Lies } from './lying-signer.ts'

/** A signer that lies, among those of `test`. */
export function lyingRun(parties: readonly EcdsaParty[], test: TestEcdsa, me: Pid, lies: Lies): Run<EcdsaSignature> {
  return ecdsaRun(parties, test, me, (c, rng) => lyingSign(c, rng, lies))
}
