import { beforeAll, describe, expect, test, vi } from 'vitest'
import { concat, u32, u64, u8 } from '@trivet/protocol/core'
import { hexToBytes } from '@noble/hashes/utils.js'
import type { PartyId } from '@trivet/signalling/wire'
import { openDevice, type Device } from '../device.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { Tenancy } from '../one-writer.ts'
import { owners, type Owners } from '../testing/changes.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { randomBytes, signTogether, the, VAULT_KEY, type Person } from '../testing/people.ts'
import type { TrioOptions } from '../testing/trio.ts'
import { createVault } from '../vault/index.ts'
import type { PartyInWallet } from '../views.ts'
import { decodeHealth, encodeHealth, MAX_ENTRIES } from './health-record.ts'
import { Health } from './health.ts'

const MESSAGE = concat(Uint8Array.of(2), new TextEncoder().encode('a message'))
const PASSPHRASE = 'a passphrase of a backup'

vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original()))

/** Devices of one wallet, anew each time. */
let together: (options?: TrioOptions) => Promise<Owners>
beforeAll(async () => { together = await owners() })

/** What somebody sees of another one. */
function seen(by: Person, of: string): PartyInWallet {
  return the(by.view().wallets[0]?.parties.find(({ name }) => name === of))
}

async function backUp(who: Person, wallet: string): Promise<void> {
  const { file } = await who.party.verbs.makeBackup({ wallet, passphrase: PASSPHRASE })
  await who.party.verbs.proveBackup({ wallet, file, passphrase: PASSPHRASE })
}

describe('the health of the other devices', () => {
  test('tells when each was last there, also after a restart', async () => {
    const { anna, ben, cleo, clock, restarted } = await together()
    await anna.until((view) => (view.wallets[0]?.parties.every(({ online }) => online) === true ? true : undefined))
    expect(seen(anna, 'Anna')).not.toHaveProperty('lastSeenAt')
    expect(seen(anna, 'Cleo')).toMatchObject({ online: true, lastSeenAt: clock.now() })
    await clock.advance(3 * 60_000)
    await cleo.party.close()
    const left = clock.now()
    await anna.until(() => (seen(anna, 'Cleo').online ? undefined : true))
    await clock.advance(3_600_000)
    expect(seen(anna, 'Cleo').lastSeenAt).toBe(left)
    await Promise.all([anna, ben].map((who) => who.party.close()))
    const again = await restarted(anna, 'Anna')
    expect(seen(again, 'Cleo')).toMatchObject({ online: false, lastSeenAt: left })
  })

  test('loses no more than ten minutes of what it saw when nobody locks it', async () => {
    const { anna, clock, network, restarted } = await together()
    await anna.until((view) => (view.wallets[0]?.parties.every(({ online }) => online) === true ? true : undefined))
    await clock.advance(5 * 3_600_000)
    const before = clock.now()
    for (const name of ['Anna 1', 'Ben 2', 'Cleo 3']) network.setOnline(name, false)
    const again = await restarted(anna, 'Anna')
    expect(before - (seen(again, 'Ben').lastSeenAt ?? 0)).toBeLessThanOrEqual(600_000)
  })

  test('does not count a time in which it was away itself', async () => {
    const { anna, clock, network } = await together()
    await anna.until((view) => (view.wallets[0]?.parties.every(({ online }) => online) === true ? true : undefined))
    const left = clock.now()
    network.setOnline('Anna 1', false)
    await anna.until(({ connection }) => (connection.state === 'connected' ? undefined : true))
    await clock.advance(3_600_000)
    expect(seen(anna, 'Ben').lastSeenAt).toBe(left)
  })

  test('tells of a backup that was read back with the next session, and shows none of earlier shares', async () => {
    const { wallet, all, anna, ben, cleo, clock, restarted } = await together()
    await backUp(ben, wallet)
    const proved = clock.now()
    expect(seen(anna, 'Ben')).not.toHaveProperty('backupProvedAt')
    await clock.advance(60_000)
    await signTogether([anna, ben], wallet, MESSAGE)
    await anna.until(() => seen(anna, 'Ben').backupProvedAt)
    expect(seen(anna, 'Ben').backupProvedAt).toBe(proved)
    expect(seen(ben, 'Anna')).not.toHaveProperty('backupProvedAt')
    // Who did not meet it has not heard.
    expect(seen(cleo, 'Ben')).not.toHaveProperty('backupProvedAt')
    await clock.advance(60_000)
    await Promise.all(all.map((who) => who.party.close()))
    const again = await restarted(anna, 'Anna')
    expect(seen(again, 'Ben').backupProvedAt).toBe(proved)
  })
})

describe('what a device says of its backups', () => {
  const clock = new FakeClock()
  const log: string[] = []

  async function healthOf({ store }: Person, proved?: number): Promise<{ readonly health: Health; readonly device: Device; readonly writes: () => number }> {
    const ed25519 = await chooseEd25519(crypto.subtle)
    const vault = createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock })
    const { partyId } = the((await vault.list())[0])
    const tenancy = new Tenancy(undefined, false, () => undefined)
    const tools = { vault, ed25519, clock, rng: randomBytes, role: 'mobile-app', build: new Uint8Array(32), tenancy } as const
    const device = await openDevice(partyId, { kind: 'raw', key: VAULT_KEY }, tools)
    let written = 0
    const health = await Health.open({
      clock, me: partyId, wallets: () => device.wallets.list(), changed: () => undefined, log: (event) => { log.push(event) },
      backups: { provedAt: () => proved },
      vault: { read: (kind) => device.vault.read(kind), write: async (...change) => {
        written += 1
        await device.vault.write(...change)
      } },
    })
    return { health, device, writes: () => written }
  }

  async function two() {
    const { all, wallet } = await together()
    await Promise.all(all.map((who) => who.party.close()))
    const [anna, ben, cleo] = [await healthOf(all[0]), await healthOf(all[1], clock.now() - 5_000), await healthOf(all[2])]
    const idOf = ({ device }: typeof anna): PartyId => device.identity.card.partyId
    const fact = (id: string, epoch: number, at: number): Uint8Array => concat(hexToBytes(id), u32(epoch), u64(at))
    return { wallet, anna, ben, annas: idOf(anna), bens: idOf(ben), cleos: idOf(cleo), fact }
  }

  test('is told to members of the wallet alone, and only where there is something to tell', async () => {
    const { wallet, anna, ben, annas, bens, fact } = await two()
    expect(ben.health.tell(annas)).toEqual(concat(u8(1), fact(wallet, 1, clock.now() - 5_000)))
    expect(ben.health.tell('ab'.repeat(32) as PartyId)).toBeUndefined()
    expect(anna.health.tell(bens)).toBeUndefined()
  })

  test('is never later than now, whatever it says', async () => {
    const { wallet, anna, bens, fact } = await two()
    anna.health.heard(bens, concat(u8(1), fact(wallet, 1, clock.now() + 86_400_000)))
    expect(anna.health.backupProvedAt(wallet, 1, bens)).toBe(clock.now())
    expect(anna.health.backupProvedAt(wallet, 2, bens)).toBeUndefined()
  })

  test('counts for nothing from a stranger, of another wallet, or in another shape', async () => {
    const { wallet, anna, bens, fact } = await two()
    const good = fact(wallet, 1, clock.now())
    anna.health.heard('ab'.repeat(32) as PartyId, concat(u8(1), good))
    anna.health.heard(bens, concat(u8(1), fact('cd'.repeat(32), 1, clock.now())))
    anna.health.heard(bens, new Uint8Array(0))
    anna.health.heard(bens, concat(u8(2), good))
    anna.health.heard(bens, concat(u8(1), good, u8(0)))
    anna.health.heard(bens, concat(u8(1), hexToBytes(wallet), u32(1), new Uint8Array(8).fill(255)))
    anna.health.heard(bens, concat(u8(200), ...Array.from({ length: 200 }, () => good)))
    expect(anna.health.backupProvedAt(wallet, 1, bens)).toBeUndefined()
    anna.health.heard(bens, concat(u8(1), good))
    expect(anna.health.backupProvedAt(wallet, 1, bens)).toBe(clock.now())
  })

  test('is written at most once a minute, and not at all once it is locked', async () => {
    const { wallet, anna, bens, cleos, fact } = await two()
    for (let i = 0; i < 20; i += 1) {
      anna.health.heard(bens, concat(u8(1), fact(wallet, 1, clock.now())))
      anna.health.saw(cleos, i % 2 === 0)
      await clock.advance(1_000)
    }
    expect(anna.writes()).toBe(1)
    await clock.advance(60_000)
    expect(anna.writes()).toBe(2)
    anna.health.saw(cleos, true)
    anna.health.close()
    await clock.advance(3_600_000)
    expect(anna.writes()).toBe(2)
    expect(log).toEqual([])
  })
})

describe('the record of it', () => {
  const seenBefore = [{ party: 'ab'.repeat(32) as PartyId, at: 1_700_000_000_000 }]
  const backups = [{ wallet: 'cd'.repeat(32), party: 'ab'.repeat(32) as PartyId, epoch: 3, at: 1_700_000_000_001 }]

  test('is read as it was written', () => {
    expect(decodeHealth(encodeHealth({ seen: seenBefore, backups }))).toEqual({ seen: seenBefore, backups })
  })

  test('does not grow without end', () => {
    const many = <T>(one: T): readonly T[] => Array.from({ length: 5_000 }, () => one)
    const read = decodeHealth(encodeHealth({ seen: many(seenBefore[0]).flatMap((one) => one ?? []), backups: many(backups[0]).flatMap((one) => one ?? []) }))
    expect([read.seen.length, read.backups.length]).toEqual([MAX_ENTRIES, MAX_ENTRIES])
  })

  test.each([
    ['nothing', undefined],
    ['another version', Uint8Array.of(9, 0, 0, 0, 0)],
    ['a part of it', encodeHealth({ seen: seenBefore, backups }).subarray(0, 30)],
    ['more than it', concat(encodeHealth({ seen: seenBefore, backups }), u8(0))],
  ])('that is %s counts as empty', (_what, bytes) => {
    expect(decodeHealth(bytes)).toEqual({ seen: [], backups: [] })
  })
})
