import { interpret } from '@trivet/chains'
import type { RequestView, SessionView } from '@trivet/party'
import { groupKeysOf } from '../key-id.ts'
import type { RestServer } from './rest-server.ts'
import { acmePlace, annaPlace, keygenSession, SESSION, unlocked, type TestWallet } from './scripted-party.ts'

/** The session of a request of this party's, as its view shows it. */
function signSession(wallet: TestWallet, intent: Uint8Array, state: SessionView['state'], way?: RequestView['way']): SessionView {
  const { suite, preview } = interpret(intent, groupKeysOf(wallet.view))
  return {
    ...keygenSession(state, [acmePlace, annaPlace]), kind: 'sign', wallet: { id: wallet.view.id, name: 'Treasury', threshold: 2, total: 3 },
    request: {
      from: { index: 1, name: 'Acme' }, signers: [1, 2], suite, intent, preview, code: 'ab12cd34', ...(way === undefined ? {} : { way }),
    },
  }
}

/** The party takes each request and runs it as far as the last of these states. */
export function acceptRequests(
  { party }: RestServer, wallet: TestWallet, statesOf: (intent: Uint8Array) => SessionView['state'][], way?: RequestView['way'],
): void {
  party.answer('requestSignature', async ({ intent }) => {
    for (const state of statesOf(intent)) {
      setImmediate(() => party.show(unlocked({ wallets: [wallet.view], sessions: [signSession(wallet, intent, state, way)] })))
    }
    return { session: SESSION }
  })
}
