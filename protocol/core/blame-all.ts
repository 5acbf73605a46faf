import { Blame, type ErrorCode, type Pid } from './errors.ts'
import type { Message } from './codec.ts'
import type { Session } from './script.ts'

/**
 * Names whoever sent a message that is wrong, if anybody did.
 * @param what is wrong with it, for people
 * @throws {Blame} with the messages as evidence
 */
export function blameAll({ suite }: Session, message: Message, code: ErrorCode, what: string, culprits: readonly Pid[]): void {
  if (culprits.length === 0) return
  throw new Blame(code, `${message.name}: ${what} (${culprits.map((pid) => `party ${pid}`).join(', ')})`, {
    culprits, evidence: culprits.map((from) => ({ suite, type: message.type, from })),
  })
}
