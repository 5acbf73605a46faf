import { accounts, complete, interpret, InvalidIntent, keyTexts, type WholeKey } from '@trivet/chains'
import { Rpc, type PortLike } from '@trivet/party/port'
import { InputError } from '@trivet/protocol/core'
import type { Interpret } from '@trivet/protocol/intent'
import { CHAINS_SCOPE, type ChainsTable } from './remote-chains.ts'

/** `chains` has an error class of its own, since it imports nothing of `protocol` but types. */
function withInputErrors<A extends readonly unknown[], T>(act: (...args: A) => T): (...args: A) => T {
  return (...args) => {
    try {
      return act(...args)
    } catch (error) {
      throw error instanceof InvalidIntent ? new InputError(error.field, error.message) : error
    }
  }
}

/** As a party wants it. @throws {InputError} */
export const interpretForParty: Interpret = withInputErrors(interpret)

/** Of the key itself; the worker's copy of it is wiped. */
function formsOf(key: WholeKey): ReturnType<typeof keyTexts> {
  try {
    return keyTexts(key)
  } finally {
    key.secret.fill(0)
  }
}

/** Worker: answers the page's questions about chains; those that `chains` refuses with an {InputError}. @returns a function that stops */
export function serveChains(port: PortLike): () => void {
  const table: ChainsTable = { accounts: withInputErrors(accounts), complete: withInputErrors(complete), keyTexts: withInputErrors(formsOf) }
  const rpc = new Rpc<object>(port, CHAINS_SCOPE, table)
  return () => {
    rpc.close()
  }
}
