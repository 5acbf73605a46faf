import { beforeAll, describe, expect, it, vi } from 'vitest'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { decodeCover, encodeCover } from '../wallets/cover.ts'
import type { Wallet } from '../wallets/wallet.ts'
import { deskOf, PASSPHRASE, savings, shop, type Desk } from './backup.fixture.ts'
import { backupFileName } from './file-name.ts'
import vectors1 from './vectors/v1.json' with { type: 'json' }

vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original()))

// The first time, Argon2id over 256 MiB takes its time on purpose.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const device = { name: 'New laptop', passphrase: 'the passphrase of the new laptop' }
let anna: Desk
let made: Awaited<ReturnType<Desk['verbs']['makeBackup']>>
let file: Uint8Array

beforeAll(async () => {
  anna = await deskOf('Anna')
  made = await anna.verbs.makeBackup({ wallet: savings, passphrase: PASSPHRASE })
  file = made.file
})

const proved = (desk: Desk): number | undefined => desk.device().backups.provedAt(savings, 1)
/** As the wallet would be after its shares were changed. */
function movedOn(desk: Desk): void {
  const now = desk.device().wallets.get(savings)
  const later: Wallet = { ...now, epoch: { ...now.epoch, roster: { ...now.epoch.roster, epoch: 2 } } }
  vi.spyOn(desk.device().wallets, 'get').mockReturnValue(later)
}

describe('a backup', () => {
  it('is a file with a name that says what is in it, in plain letters', () => {
    expect(made.fileName).toBe('trivet-savings-anna-epoch1.trivet-backup')
    expect(backupFileName('Savings', 'Anna\'s laptop', 12)).toBe('trivet-savings-annas-laptop-epoch12.trivet-backup')
    expect(backupFileName('../Büro €/\\', '貯金', 1)).toBe('trivet-buro-epoch1.trivet-backup')
    expect(backupFileName('x'.repeat(64), '-', 1)).toBe(`trivet-${'x'.repeat(40)}-epoch1.trivet-backup`)
  })

  it('is not made under a short passphrase, of no wallet, or of one that is not finished', async () => {
    await expect(anna.verbs.makeBackup({ wallet: savings, passphrase: 'too short' })).rejects.toThrow('passphrase: expected at least 10 characters')
    await expect(anna.verbs.makeBackup({ wallet: 'ff'.repeat(32), passphrase: PASSPHRASE })).rejects.toThrow('wallet: this device has no such wallet')
    const desk = await deskOf('Anna')
    const unfinished: Wallet = { ...desk.device().wallets.get(savings), certificate: undefined }
    vi.spyOn(desk.device().wallets, 'get').mockReturnValue(unfinished)
    await expect(desk.verbs.makeBackup({ wallet: savings, passphrase: PASSPHRASE })).rejects.toThrow('wallet: it is not finished yet')
  })

  it('counts once it was read back, and is remembered', async () => {
    const desk = await deskOf('Anna')
    expect(proved(desk)).toBeUndefined()
    await desk.verbs.proveBackup({ wallet: savings, file, passphrase: PASSPHRASE })
    expect(proved(desk)).toBe(desk.clock.now())
    const again = await deskOf('Anna', { store: desk.store })
    const { backups } = again.device()
    expect([proved(again), backups.provedAt(shop, 1), backups.provedAt(savings, 2)]).toEqual([desk.clock.now(), undefined, undefined])
  })

  it('of version 1 counts as before, and can be restored', async () => {
    const old = Uint8Array.from(Buffer.from(vectors1[0]?.file ?? '', 'base64'))
    const desk = await deskOf('Anna')
    await desk.verbs.proveBackup({ wallet: savings, file: old, passphrase: PASSPHRASE })
    expect(proved(desk)).toBe(desk.clock.now())
    await desk.verbs.restoreBackup({ file: old, passphrase: PASSPHRASE, device })
    const [restored] = desk.device().wallets.restored.list()
    expect(restored?.descent).toEqual({ origin: 'made', firstPath: [], madeAt: restored?.createdAt, oldEpoch: 0, dealers: [], retired: [], former: [] })
  })

  it('goes on counting when a former device of the wallet was told of the change', async () => {
    const desk = await deskOf('Anna')
    const now = desk.device().wallets.get(savings)
    const former = [{ pid: 9, card: desk.device().identity.card.bytes }]
    vi.spyOn(desk.device().wallets, 'get').mockReturnValue({ ...now, descent: { ...now.descent, former } })
    await desk.verbs.proveBackup({ wallet: savings, file, passphrase: PASSPHRASE })
    expect(proved(desk)).toBe(desk.clock.now())
  })

  it('does not count when it does not open, is damaged, or is of another wallet or device', async () => {
    const desk = await deskOf('Anna')
    const before = new Map(desk.store.contents)
    const prove = (options: Partial<Parameters<Desk['verbs']['proveBackup']>[0]>) => desk.verbs.proveBackup({ wallet: savings, file, passphrase: PASSPHRASE, ...options })
    await expect(prove({ passphrase: 'another passphrase' })).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
    await expect(prove({ file: file.subarray(1) })).rejects.toMatchObject({ code: 'E_DAMAGED' })
    await expect(prove({ wallet: shop })).rejects.toThrow('file: this is a backup of another wallet, "Savings"')
    const ben = await deskOf('Ben')
    await expect(ben.verbs.proveBackup({ wallet: savings, file, passphrase: PASSPHRASE })).rejects.toThrow('file: this is the backup of another device, "Anna"')
    expect(desk.store.contents).toEqual(before)
    expect(proved(desk)).toBeUndefined()
  })

  it('does not count when the wallet has moved on, or the file does not hold what the device holds', async () => {
    const desk = await deskOf('Anna')
    const now = desk.device().wallets.get(savings)
    vi.spyOn(desk.device().wallets, 'get').mockReturnValue({ ...now, createdAt: now.createdAt + 1 })
    await expect(desk.verbs.proveBackup({ wallet: savings, file, passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'E_DAMAGED', message: /does not hold what this device holds/ })
    movedOn(desk)
    await expect(desk.verbs.proveBackup({ wallet: savings, file, passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'E_STALE', message: /holds state 1 of the wallet, and this device holds state 2/ })
  })

  it('can be looked into, and is compared with what this device knows, also of locked vaults', async () => {
    const empty = await deskOf('Ben')
    const look = () => empty.verbs.readBackup({ file, passphrase: PASSPHRASE })
    expect(await look()).toEqual({
      wallet: { id: savings, name: 'Savings', threshold: 2, total: 2 }, deviceName: 'Anna', partyId: anna.device().identity.card.partyId,
      index: anna.device().wallets.get(savings).epoch.keys[0]?.pid, epoch: 1, madeAt: anna.clock.now(), here: 'same',
    })
    const cover = (epoch?: number) => encodeCover({ deviceName: 'Ben', wallets: epoch === undefined ? [] : [{ id: savings, name: 'Savings', threshold: 2, total: 2, epoch }] })
    await empty.device().vault.setCover(cover(2))
    expect((await look()).here).toBe('later')
    await empty.device().vault.setCover(cover(0))
    expect((await look()).here).toBe('earlier')
    await empty.device().vault.setCover(cover())
    expect(await look()).not.toHaveProperty('here')
  })

  it('leaves no share in memory when it was only looked at', async () => {
    const shares = anna.device().wallets.get(savings).epoch.keys.map(({ signingShare }) => bytesToHex(signingShare))
    expect(new Set(shares).size).toBe(3)
    await anna.verbs.readBackup({ file, passphrase: PASSPHRASE })
    expect(anna.device().wallets.get(savings).epoch.keys.map(({ signingShare }) => bytesToHex(signingShare))).toEqual(shares)
  })
})

describe('a restored backup', () => {
  it('is a new party whose wallet can be seen and not used, also after the vault was opened anew', async () => {
    const ben = await deskOf('Ben')
    const { wallet } = await ben.verbs.restoreBackup({ file, passphrase: PASSPHRASE, device })
    expect(wallet).toBe(savings)
    const restored = ben.device()
    const { identity: { card }, wallets } = restored
    expect([card.name, card.partyId === anna.device().identity.card.partyId]).toEqual(['New laptop', false])
    expect([wallets.list(), wallets.has(savings)]).toEqual([[], false])
    for (const of of [restored, await ben.reopened(card.partyId, device.passphrase)]) {
      expect(of.wallets.restored.list().map(({ id, name, epoch: { keys } }) => [id, name, keys.map(({ groupKey }) => bytesToHex(groupKey))])).toEqual([
        [savings, 'Savings', anna.device().wallets.get(savings).epoch.keys.map(({ groupKey }) => bytesToHex(groupKey))],
      ])
      expect(() => of.wallets.get(savings)).toThrow(expect.objectContaining({ fault: 'refusal', message: expect.stringContaining('ask the other devices of the wallet to let this one in') as string }) as Error)
      of.wallets.wipe()
      expect(of.wallets.restored.list()).toEqual([])
    }
    await expect(ben.verbs.makeBackup({ wallet: savings, passphrase: PASSPHRASE })).rejects.toMatchObject({ fault: 'caller' })
    const [, cover] = [...ben.store.contents].find(([key]) => key === `vault/${card.partyId}/cover`) ?? []
    expect(Buffer.from(cover ?? []).toString()).toContain('"epoch":1')
    expect(decodeCover(utf8ToBytes('{"deviceName":"x","wallets":[{"id":"a","name":"b","threshold":2,"total":2,"epoch":"1"}]}'))).toBeUndefined()
  })

  it('is refused when a vault of this device, locked or not, knows a later state, and nothing is made', async () => {
    const ben = await deskOf('Ben')
    await ben.device().vault.setCover(encodeCover({ deviceName: 'Ben', wallets: [{ id: savings, name: 'Savings', threshold: 2, total: 2, epoch: 2 }] }))
    const before = new Map(ben.store.contents)
    await expect(ben.verbs.restoreBackup({ file, passphrase: PASSPHRASE, device })).rejects.toMatchObject({ code: 'E_STALE', message: /the devices of the wallet have moved on/ })
    await expect(ben.verbs.restoreBackup({ file, passphrase: PASSPHRASE, device: { ...device, passphrase: 'short' } })).rejects.toThrow('passphrase: expected at least 10 characters')
    await expect(ben.verbs.restoreBackup({ file, passphrase: 'not the passphrase', device })).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
    expect(ben.store.contents).toEqual(before)
  })

  it.each(['refused', 'lost', 'torn'] as const)('whose write goes wrong (%s) leaves what was there', async (how) => {
    const ben = await deskOf('Ben')
    const before = new Map(ben.store.contents)
    const me = ben.device().identity.card.partyId
    ben.store.breakNextWrite(how)
    await expect(ben.verbs.restoreBackup({ file, passphrase: PASSPHRASE, device })).rejects.toMatchObject({ code: 'E_STORAGE' })
    expect(ben.device().identity.card.partyId).toBe(me)
    for (const [key, value] of before) expect(ben.store.contents.get(key)).toEqual(value)
    if (how === 'torn') return
    expect(ben.store.contents).toEqual(before)
    await ben.verbs.restoreBackup({ file, passphrase: PASSPHRASE, device })
    expect(ben.device().wallets.restored.has(savings)).toBe(true)
  })
})
