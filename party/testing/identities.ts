/** Identities without parties around them: for tests of what is made and checked with them. */
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity, type Identity } from '../identity/identity.ts'
import type { SessionDeps } from '../session/deps.ts'
import { createVault } from '../vault/index.ts'
import { createMemoryStore } from '../vault/memory-store.ts'
import { Wallets } from '../wallets/wallets.ts'
import { FakeClock } from './fake-clock.ts'
import { randomBytes, VAULT_KEY } from './people.ts'

export interface TestIdentities {
  readonly identities: readonly Identity[]
  readonly deps: Pick<SessionDeps, 'ed25519' | 'rng' | 'wallets'> & { readonly clock: FakeClock }
}

export async function identitiesForTests(names: readonly string[]): Promise<TestIdentities> {
  const ed25519 = await chooseEd25519(crypto.subtle)
  const facts = { role: 'mobile-app', build: new Uint8Array(32) } as const
  const identities = await Promise.all(names.map((name) => openIdentity(randomBytes(32), { ...facts, name }, ed25519)))
  const [first] = identities
  if (first === undefined) throw new Error('nobody')
  const clock = new FakeClock()
  const vault = createVault({ store: createMemoryStore(), subtle: crypto.subtle, rng: randomBytes, clock })
  const open = await vault.create(first.card.partyId, { cover: new Uint8Array(0) }, { kind: 'raw', key: VAULT_KEY })
  return { identities, deps: { ed25519, rng: randomBytes, clock, wallets: await Wallets.open({ vault: open, deviceName: 'test', ed25519, clock }) } }
}
