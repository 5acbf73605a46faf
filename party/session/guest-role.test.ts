/** A device whose role is to take part in making keys, and nothing else. */
import { beforeAll, describe, expect, test } from 'vitest'
import { concat, encodeEnvelope, encodePresignProposal, encodeRepairProposal, encodeSignProposal, type Ceremony } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import { openDevice, type Device } from '../device.ts'
import { chooseEd25519, type Ed25519 } from '../identity/ed25519.ts'
import { Tenancy } from '../one-writer.ts'
import { readPresignRequest } from '../presign/presign-request.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { ask, makeWallet, person, randomBytes, signTogether, the, VAULT_KEY, type Person } from '../testing/people.ts'
import { createMemoryNetwork } from '../transport/memory.ts'
import { createVault } from '../vault/index.ts'
import { readRepairRequest } from './repair-request.ts'
import { sealRequest } from './request-envelope.ts'
import { readSignInvitation } from './sign-request.ts'

const ROOM = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId
const MESSAGE = concat(Uint8Array.of(2), new TextEncoder().encode('a message'))
const REFUSED = 'Guest only takes part in making keys (role third-party)'

describe('a third party', () => {
  const clock = new FakeClock()
  let ed25519: Ed25519
  let anna: Person
  let ben: Person
  let guest: Person
  let wallet: string

  beforeAll(async () => {
    ed25519 = await chooseEd25519(crypto.subtle)
    const network = createMemoryNetwork({ now: () => clock.now() })
    const make = (name: string, role: 'mobile-app' | 'third-party' = 'mobile-app'): Promise<Person> =>
      person({ transport: network.transport(name), name, clock, role, presignatures: 1 })
    anna = await make('Anna')
    ben = await make('Ben')
    guest = await make('Guest', 'third-party')
    wallet = await makeWallet([anna, ben, guest])
  })

  const indexOf = (who: Person): number => the(who.view().wallets[0]).myIndex

  test('takes part in making a key, and is asked by nobody to sign: not when named, not by itself', async () => {
    expect(await signTogether([anna, ben], wallet, MESSAGE)).toHaveLength(1)
    await expect(ask([anna, guest], wallet, MESSAGE)).rejects.toMatchObject({ field: 'signers', message: expect.stringContaining(REFUSED) as unknown })
    await expect(ask([guest, anna], wallet, MESSAGE)).rejects.toMatchObject({ field: 'signers', message: expect.stringContaining(REFUSED) as unknown })
    await expect(anna.party.verbs.repairPair({ wallet, peer: indexOf(guest) })).rejects.toMatchObject({ field: 'peer', message: expect.stringContaining(REFUSED) as unknown })
    await expect(guest.party.verbs.repairPair({ wallet, peer: indexOf(anna) })).rejects.toMatchObject({ field: 'peer', message: expect.stringContaining(REFUSED) as unknown })
  })

  test('is in no set of signers for which presignatures are made', async () => {
    await clock.advance(4_000)
    const stocked = await Promise.any([anna, ben].map((who) => who.until((view) => view.wallets[0]?.stock[0])))
    await clock.advance(60_000)
    expect(stocked.signers).toEqual([indexOf(anna), indexOf(ben)].toSorted((a, b) => a - b))
    for (const who of [anna, ben, guest]) expect(the(who.view().wallets[0]).stock.flatMap(({ signers }) => signers)).not.toContain(indexOf(guest))
  })

  /** What Ben's device makes of a request that a bent program of the guest, or of Anna, has signed. */
  test('is refused by every other device, whatever it or another member signs', async () => {
    await Promise.all([anna, ben, guest].map((who) => who.party.close()))
    const [annas, bens, guests] = [await opened(anna), await opened(ben), await opened(guest)]
    const pidOf = (device: Device): number => the(the(device.wallets.list()[0]).epoch.keys[0]).pid
    const pair = [pidOf(bens), pidOf(guests)].toSorted((a, b) => a - b)
    const requestBy = async (device: Device, ceremony: Ceremony, encode: (keyId: Uint8Array) => Uint8Array): Promise<Uint8Array> => {
      const held = the(device.wallets.list()[0])
      const share = the(held.epoch.keys.find(({ suite }) => suite === 1))
      const draft = { ceremony, wallet: held, share, payload: encode(share.keyId), room: ROOM, expiresAt: clock.now() + 600_000 }
      return encodeEnvelope(await sealRequest(draft, { ...device, rng: randomBytes }))
    }
    const deps = { wallets: bens.wallets, ed25519, clock }
    const from = guests.identity.card.partyId
    const participants = [bens, guests].map(({ identity }) => identity.card.partyId)
    const signing = await requestBy(guests, 'sign', (keyId) => encodeSignProposal({ keyId, signers: pair, intent: MESSAGE }))
    await expect(readSignInvitation(signing, { room: ROOM, from, participants }, deps)).rejects.toThrow(REFUSED)
    const presigning = await requestBy(guests, 'presign', (keyId) => encodePresignProposal({ keyId, signers: pair, path: [], count: 1 }))
    await expect(readPresignRequest(presigning, { room: ROOM, from, participants }, deps)).rejects.toThrow(REFUSED)
    const repair = await requestBy(guests, 'repair', (keyId) => encodeRepairProposal({ keyId, pair }))
    await expect(readRepairRequest(repair, { room: ROOM, from }, deps)).rejects.toThrow(REFUSED)
    // Nor does the guest's own device follow a member that asks it.
    const asked = await requestBy(annas, 'sign', (keyId) => encodeSignProposal({ keyId, signers: [pidOf(annas), pidOf(guests)].toSorted((a, b) => a - b), intent: MESSAGE }))
    const annasParty = annas.identity.card.partyId
    const expected = { room: ROOM, from: annasParty, participants: [annasParty, from] }
    await expect(readSignInvitation(asked, expected, { ...deps, wallets: guests.wallets })).rejects.toThrow(REFUSED)
  })

  async function opened({ store }: Person): Promise<Device> {
    const vault = createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock })
    const { partyId } = the((await vault.list())[0])
    const tenancy = new Tenancy(undefined, false, () => undefined)
    const tools = { vault, ed25519, clock, rng: randomBytes, role: 'mobile-app', build: new Uint8Array(32), tenancy } as const
    return openDevice(partyId, { kind: 'raw', key: VAULT_KEY }, tools)
  }
})
