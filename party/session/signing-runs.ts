/** From a request that was understood to the runs that sign it: one for each message, of the suite's own protocol. */
import { Bug, decodeInvitation, decodeSignProposal, INVITE, MpcError, Run, type Pid, type SignProposal, type StepName, type SuiteId } from '@trivet/protocol/core'
import {
  ecdsaContext, ecdsaMessages, ecdsaSign, onlineMessages, signingPoint, signOnline, type EcdsaCeremony, type Presignature,
} from '@trivet/protocol/dkls23'
import { frostMessages, frostSign, itemInstance, signContext, signingKey, type SigningCeremony } from '@trivet/protocol/frost'
import type { Interpretation } from '@trivet/protocol/intent'
import type { CeremonyRun, Prepared } from './running.ts'
import type { SessionDeps } from './deps.ts'
import { groupKeys, type SignRequestFacts } from './sign-request.ts'

/** What every suite's signing gives: verified. */
export interface Signed {
  /** 64 bytes; of suite 1 65: the last one is the recovery id. */
  readonly signature: Uint8Array
  /** The key it verifies under. */
  readonly publicKey: Uint8Array
}

type Deps = Pick<SessionDeps, 'rng' | 'interpret' | 'wallets'>

/** Steps of a signing by all rounds, for people to watch. */
export function signingSteps(suite: SuiteId): readonly StepName[] {
  return suite === 1 ? ['hello', 'commit', 'exchange', 'shares'] : ['hello', 'shares']
}

/** Multiplications with one party that run at the same time. */
const MOST_MULTIPLICATIONS = 8

/** One run for each message that the intent needs signed. */
export function signingRuns(request: SignRequestFacts, deps: Deps): Prepared<Signed> {
  const steps = signingSteps(request.share.suite)
  return request.share.suite === 1 ? { runs: ecdsaRuns(request, deps), atOnce: MOST_MULTIPLICATIONS, steps } : { runs: frostRuns(request, deps), steps }
}

/** The short way: one message each. @param presignatures one for each message; they are used up @param nonce ν of the request */
export function onlineRuns(request: SignRequestFacts, presignatures: readonly Presignature[], nonce: Uint8Array): Prepared<Signed> {
  const { wallet, share, signers, interpretation: { messages } } = request
  const { threshold } = wallet.epoch.roster
  const runs = messages.flatMap((message, i) => {
    const presignature = presignatures[i]
    if (presignature === undefined) throw new Bug('fewer presignatures than messages')
    const script = signOnline({ presignature, threshold, message, nonce })
    const run = new Run<Signed>({ me: share.pid, parties: signers, vocabulary: [{ suite: 1, messages: onlineMessages }], script })
    return [{ instance: presignature.instance, run }]
  })
  return { runs, steps: ['shares'] }
}

function frostRuns(request: SignRequestFacts, { rng, interpret }: Deps): readonly CeremonyRun<Signed>[] {
  const { wallet: { epoch: { roster } }, share, signers, intent, interpretation: { path, taproot, messages } } = request
  const { threshold, epoch, members: { length: total } } = roster
  return messages.map((message, i) => {
    const instance = itemInstance(request.instance, i, messages.length)
    const ceremony: SigningCeremony = {
      instance, epoch, threshold, total, share, signers, path, taproot, message, intent,
      contextFrom: contextFrom(request, interpret, i, (asked, theirs, digest) => {
        const key = signingKey(share, { threshold, total }, theirs)
        key.wipe()
        return signContext({ share, epoch, signers: asked.signers, message: digest, intent: asked.intent }, key.publicKey)
      }),
    }
    return { instance, run: runOf(request, frostMessages, frostSign(ceremony, rng)) }
  })
}

function ecdsaRuns(request: SignRequestFacts, { rng, interpret, wallets }: Deps): readonly CeremonyRun<Signed>[] {
  const { wallet: { id, epoch: { roster } }, share, signers, intent, interpretation: { path, messages } } = request
  const { threshold, epoch } = roster
  const pairs = wallets.pairs.book(id, epoch)
  return messages.map((message, i) => {
    const instance = itemInstance(request.instance, i, messages.length)
    const ceremony: EcdsaCeremony = {
      instance, epoch, threshold, share, pairs, signers, path, message, intent,
      contextFrom: contextFrom(request, interpret, i, (asked, theirs, digest) =>
        ecdsaContext({ share, epoch, signers: asked.signers, message: digest, intent: asked.intent }, 'sign', signingPoint(share, theirs.path).publicKey)),
    }
    return { instance, run: runOf(request, ecdsaMessages, ecdsaSign(ceremony, rng)) }
  })
}

type RunOptions = ConstructorParameters<typeof Run<Signed>>[0]

function runOf({ share, signers, requester, envelope }: SignRequestFacts, messages: RunOptions['vocabulary'][number]['messages'], script: RunOptions['script']): Run<Signed> {
  const heardBefore = [{ from: requester, to: 0, suite: 0, type: INVITE, body: envelope.body } as const]
  return new Run<Signed>({ me: share.pid, parties: signers, vocabulary: [{ suite: share.suite, messages }], heardBefore, script })
}

/** What somebody who was shown another invitation had to approve for one of its messages. */
function contextFrom(
  { wallet, requester }: SignRequestFacts, interpret: Deps['interpret'], item: number,
  contextOf: (asked: SignProposal, theirs: Interpretation, message: Uint8Array) => Uint8Array,
): NonNullable<EcdsaCeremony['contextFrom']> {
  const recompute = (heard: ReadonlyMap<Pid, Uint8Array>): Uint8Array | undefined => {
    const invitation = heard.get(requester)
    try {
      if (invitation === undefined) return undefined
      const asked = decodeSignProposal(decodeInvitation(invitation).payload)
      const theirs = interpret(asked.intent, groupKeys(wallet))
      const message = theirs.messages[item]
      return message === undefined ? undefined : contextOf(asked, theirs, message)
    } catch (error) {
      if (error instanceof MpcError) return undefined
      throw error
    }
  }
  return { suite: 0, type: INVITE, recompute }
}
