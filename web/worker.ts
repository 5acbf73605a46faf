/**
 * Composition root of the worker, which owns the party, its vault, the protocols and all keys. It reaches the network only through
 * the main thread, as opaque bytes.
 */
import { askPerson, createParty, systemClock } from '@trivet/party'
import { portOf, remoteTransport, serveParty } from '@trivet/party/port'
import { createVault } from '@trivet/party/vault'
import { interpretForParty, serveChains } from './chains/serve-chains.ts'
import { partyLock } from './platform/party-lock.ts'
import { platformRng } from './platform/random.ts'
import { createIdbStore } from './platform/store-idb.ts'
import { platformCrypto } from './platform/webcrypto.ts'

/** Hex, 64 characters: SHA-256 of the sources this build was made from. */
declare const __BUILD__: string

/** Kept ready for each set of signers, while the wallet is open and nothing else goes on. */
const PRESIGNATURES = 3

addEventListener(
  'message',
  ({ ports: [driving, transport] }) => {
    if (driving === undefined || transport === undefined) throw new Error('expected two ports')
    // An error here must be seen by the page, not only by the console: a rejected promise is no `error` event.
    run(driving, transport).catch((error: unknown) => {
      setTimeout(() => {
        throw error
      })
    })
  },
  { once: true },
)

async function run(driving: MessagePort, transport: MessagePort): Promise<void> {
  const rng = platformRng(crypto)
  const { subtle } = await platformCrypto(crypto)
  const party = await createParty({
    rng,
    clock: systemClock,
    transport: remoteTransport(portOf(transport)),
    vault: createVault({ store: createIdbStore(indexedDB, 'trivet'), subtle, rng, clock: systemClock }),
    subtle: crypto.subtle,
    policy: askPerson,
    presignatures: PRESIGNATURES,
    interpret: interpretForParty,
    // What a person may want to pass on is in the details of an error; the page keeps no log.
    log: () => undefined,
    role: 'mobile-app',
    build: fromHex(__BUILD__),
    lock: partyLock(navigator.locks),
  })
  serveParty(portOf(driving), party)
  serveChains(portOf(driving))
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}
