/** What opens a party's vault, and its backups, as a page drives them. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { NewPasskey } from '../api.ts'
import { FROZEN, frozenStore } from '../testing/frozen-vaults.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { person, randomBytes, the, type Person } from '../testing/people.ts'
import { createMemoryNetwork } from '../transport/memory.ts'

vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original()))

// The first time, Argon2id takes its time on purpose.
vi.setConfig({ testTimeout: 60_000 })

const { passphrase } = FROZEN.opensWith.Ben
const [savings = ''] = FROZEN.wallets.map(({ id }) => id)
const INTENT = Uint8Array.of(2, 1)

let clock: FakeClock
let store: ReturnType<typeof frozenStore>
let ben: Person
const passkey = (label = 'Phone'): NewPasskey => ({ credential: randomBytes(20), salt: randomBytes(32), secret: randomBytes(32), label })
/** As it comes through a port: what the party wipes is its own copy. */
const copyOf = <T>(value: T): T => structuredClone(value)
const switchedOn = () => person({ transport: createMemoryNetwork({ now: () => clock.now() }).transport('Ben'), store, clock })
const vaultOf = (who: Person) => the(who.view().vaults[0])

beforeEach(async () => {
  clock = new FakeClock()
  store = frozenStore('Ben')
  ben = await switchedOn()
})

describe('a party', () => {
  test('with a vault of version 1 is unlocked as ever, with its wallets', async () => {
    await ben.party.verbs.unlock({ partyId: vaultOf(ben).partyId, passphrase })
    expect(ben.view().wallets.map(({ name, state }) => `${name} ${state}`)).toEqual(['Savings ready', 'Shop ready'])
    expect(vaultOf(ben)).toMatchObject({ unlocked: true, passkeys: [], wallets: [{ name: 'Savings' }, { name: 'Shop' }] })
    expect(ben.view().known.map(({ name, how }) => [name, how])).toEqual([['Anna', 'earlier'], ['Cleo', 'earlier']])
    await ben.party.close()
  })

  test('is unlocked by a passkey from then on when one was added, which its locked vault names', async () => {
    const { partyId } = vaultOf(ben)
    await ben.party.verbs.unlock({ partyId, passphrase })
    const phone = passkey('Ben’s phone')
    const given = copyOf(phone)
    await ben.party.verbs.addPasskey({ now: { passphrase }, passkey: given })
    expect(given.secret).toEqual(new Uint8Array(32))
    await ben.party.close()
    const again = await switchedOn()
    expect(vaultOf(again)).toMatchObject({ unlocked: false, passkeys: [{ credential: phone.credential, salt: phone.salt, label: 'Ben’s phone' }] })
    const { credential, secret } = phone
    await expect(again.party.verbs.unlock({ partyId, passkey: { credential, secret: randomBytes(32) } })).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
    await again.party.verbs.unlock({ partyId, passkey: copyOf({ credential, secret }) })
    expect(again.view().wallets).toHaveLength(2)
    await again.party.verbs.removePasskey({ credential })
    expect(vaultOf(again).passkeys).toEqual([])
    await again.party.close()
  })

  test('takes a new passphrase of ten characters or more, from somebody who knows what opens it now', async () => {
    const { partyId } = vaultOf(ben)
    const change = (now: string, to: string) => ben.party.verbs.changePassphrase({ now: { passphrase: now }, passphrase: to })
    await expect(change(passphrase, 'a new passphrase')).rejects.toThrow('device: unlock a wallet first')
    await ben.party.verbs.unlock({ partyId, passphrase })
    await expect(change('not the passphrase', 'a new passphrase')).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
    await expect(change(passphrase, 'too short')).rejects.toThrow('passphrase: expected at least 10 characters')
    await change(passphrase, 'a new passphrase')
    expect(ben.view().me?.partyId).toBe(partyId)
    await ben.party.close()
    const again = await switchedOn()
    await expect(again.party.verbs.unlock({ partyId, passphrase })).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
    await again.party.verbs.unlock({ partyId, passphrase: 'a new passphrase' })
    await again.party.close()
  })

  test('does not take a label that could turn the text around it', async () => {
    await ben.party.verbs.unlock({ partyId: vaultOf(ben).partyId, passphrase })
    for (const label of ['', ' Phone', 'Phone\u202e', 'x'.repeat(65)]) {
      await expect(ben.party.verbs.addPasskey({ now: { passphrase }, passkey: passkey(label) })).rejects.toThrow('label: expected 1 to 64 bytes of plain text')
    }
    await ben.party.close()
  })

  test('says from when on another passphrase is looked at, also after a reload', async () => {
    const { partyId } = vaultOf(ben)
    const unlock = (who: Person, guess: string) => who.party.verbs.unlock({ partyId, passphrase: guess })
    for (let i = 0; i < 5; i++) await expect(unlock(ben, 'not the passphrase')).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
    const until = clock.now() + 5_000
    expect(vaultOf(ben).waitUntil).toBe(until)
    await ben.party.close()
    const again = await switchedOn()
    expect(vaultOf(again).waitUntil).toBe(until)
    await expect(unlock(again, passphrase)).rejects.toMatchObject({ code: 'E_THROTTLED', fault: 'vault' })
    await clock.advance(5_000)
    await unlock(again, passphrase)
    expect(vaultOf(again)).not.toHaveProperty('waitUntil')
    await again.party.close()
  })
})

describe('a backup', () => {
  test('is proved by reading it back, and shown as such; restored elsewhere it shows the wallet and refuses every session with it', async () => {
    await ben.party.verbs.unlock({ partyId: vaultOf(ben).partyId, passphrase })
    const words = 'what is on the paper'
    const { file } = await ben.party.verbs.makeBackup({ wallet: savings, passphrase: words })
    expect(the(ben.view().wallets[0])).not.toHaveProperty('backupProvedAt')
    await ben.party.verbs.proveBackup({ wallet: savings, file: copyOf(file), passphrase: words })
    const [mine] = ben.view().wallets
    expect([mine?.backupProvedAt, ben.view().wallets[1]?.backupProvedAt]).toEqual([clock.now(), undefined])
    await ben.party.close()

    store = frozenStore()
    const elsewhere = await switchedOn()
    expect(await elsewhere.party.verbs.readBackup({ file, passphrase: words })).not.toHaveProperty('here')
    const device = { name: 'New laptop', passphrase: 'the passphrase of the new laptop' }
    expect(await elsewhere.party.verbs.restoreBackup({ file, passphrase: words, device })).toEqual({ wallet: savings })
    const { me, wallets, vaults, known } = elsewhere.view()
    expect([me?.name, vaults.map(({ deviceName, unlocked }) => [deviceName, unlocked]), known]).toEqual(['New laptop', [['New laptop', true]], []])
    const [restored] = wallets
    expect(restored).toMatchObject({ state: 'restored', id: savings, name: 'Savings', epoch: 1, myIndex: mine?.myIndex, keys: mine?.keys, stock: [] })
    const people = (of: typeof mine) => of?.parties.map(({ index, partyId, name }) => ({ index, partyId, name }))
    expect(people(restored)).toEqual(people(mine))
    // It is none of the old members.
    expect(restored?.parties.filter((party) => party.me || party.pairing !== undefined)).toEqual([])
    const signers = restored?.parties.map(({ index }) => index) ?? []
    const { verbs } = elsewhere.party
    for (const use of [
      verbs.requestSignature({ wallet: savings, intent: INTENT, signers }), verbs.repairPair({ wallet: savings, peer: signers[0] ?? 0 }),
      verbs.finishWallet({ wallet: savings }), verbs.makeBackup({ wallet: savings, passphrase: words }),
    ]) await expect(use).rejects.toMatchObject({ fault: 'refusal', message: /restored from a backup file, so this device can show it but not use it: ask/ })
    await elsewhere.party.close()
  })
})
