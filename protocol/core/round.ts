/** Opens one round: decodes what everybody said and makes the checks that no round has to make for itself. */
import { equalBytes } from './bytes.ts'
import { ClaimDiffers } from './claim-differs.ts'
import { decodeBody, type RawBody } from './codec.ts'
import { Bug, Disagreement, Malformed, type ErrorCode, type MessageRef, type Pid } from './errors.ts'
import type { Inbox } from './inbox.ts'
import { FromEach, type Claim, type EchoDue, type Effect } from './script.ts'

/**
 * In the order of `protocol.md` §A.5 and §B.1: lengths and values of everybody, session id, echo.
 * @returns the decoded bodies without `sid` and `echo`
 * @throws {Malformed} naming every sender of a body that is none
 * @throws {ClaimDiffers} E_SID, E_ECHO: somebody's view differs from mine
 */
export function openRound(inbox: Inbox, talk: Extract<Effect, { kind: 'talk' }>, echo: EchoDue | undefined): FromEach<RawBody> {
  const { session, message, from } = talk
  const refs = from.map((pid): MessageRef => ({ suite: session.suite, type: message.type, from: pid }))
  const bodies = new Map<Pid, RawBody>()
  const malformed: { readonly pid: Pid; readonly error: Malformed }[] = []
  for (const ref of refs) {
    const heard = inbox.find(ref)
    if (heard === undefined) throw new Bug(`round opened before party ${ref.from} was heard`)
    try {
      bodies.set(ref.from, decodeBody(message, session.shape, heard.body))
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      malformed.push({ pid: ref.from, error })
    }
  }
  const [first] = malformed
  if (first !== undefined) {
    const culprits = malformed.map(({ pid }) => pid)
    throw new Malformed(first.error.code, first.error.message, { culprits, evidence: refs.filter((ref) => culprits.includes(ref.from)) })
  }
  if (session.sid !== undefined && 'sid' in message.fields) compare('E_SID', 'sid', session.sid, session.sidFrom)
  if (echo !== undefined) compare('E_ECHO', 'echo', echo.hash, echo.claim)
  return new FromEach(bodies)

  function compare(code: ErrorCode, field: 'sid' | 'echo', mine: Uint8Array, claim: Claim | undefined): void {
    const claims = new Map<Pid, Uint8Array>()
    for (const [pid, body] of bodies) {
      const theirs = body[field]
      if (theirs instanceof Uint8Array && !equalBytes(theirs, mine)) claims.set(pid, theirs)
    }
    if (claims.size === 0) return
    if (claim === undefined) throw new Disagreement(code, `${message.name}: ${names(claims)} took part in another session`)
    throw new ClaimDiffers(code, `${message.name}: ${names(claims)} heard something else than I did`, {
      claims, claim, carriedBy: refs.filter((ref) => claims.has(ref.from)),
    })
  }
}

function names(claims: ReadonlyMap<Pid, unknown>): string {
  return [...claims.keys()].map((pid) => `party ${pid}`).join(', ')
}
