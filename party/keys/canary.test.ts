/** What opens a vault or a backup, and what they hold, is looked for after locking: on the disk, in views, errors and the log, and in the file. */
import { expect, test, vi } from 'vitest'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat } from '@trivet/protocol/core'
import { decodePairState } from '@trivet/protocol/dkls23'
import type { PartyView } from '../views.ts'
import { deskOf, ed25519, PASSPHRASE } from '../backup/backup.fixture.ts'
import { openBackup, sealBackup } from '../backup/file.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity } from '../identity/identity.ts'
import { isIn, seenIn, textOf, type Canary } from '../testing/canaries.fixture.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { FROZEN, frozenStore } from '../testing/frozen-vaults.ts'
import { person, randomBytes, the } from '../testing/people.ts'
import { createMemoryNetwork } from '../transport/memory.ts'
import { createVault } from '../vault/index.ts'
import { openRecord } from '../vault/sealed-record.ts'
import { importAndWipe } from '../vault/sealing.ts'
import { SCHEMA_VERSION } from '../vault/migrations/index.ts'
import { coverPlace, storeKeys } from '../vault/store-keys.ts'
import { decodeWalletRecord, encodeWalletRecord } from '../wallets/record.ts'

vi.mock('hash-wasm', async (original) => (await import('../testing/argon2-once.ts')).argon2Once(await original()))

// The first time, Argon2id takes its time on purpose.
vi.setConfig({ testTimeout: 120_000 })

const OLD = FROZEN.opensWith.Ben.passphrase
const NEW = 'canary: the passphrase that came after'
const WRONG = 'canary: a passphrase that was wrong'
const PAPER = 'canary: what is on the paper in the drawer'
const [savings = ''] = FROZEN.wallets.map(({ id }) => id)

const text = (name: string, value: string): Canary => ({ name, bytes: utf8ToBytes(value) })

/** Everything secret in Ben's vault. */
async function secretsOf(store: ReturnType<typeof frozenStore>): Promise<readonly Canary[]> {
  const vault = createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock: new FakeClock() })
  const open = await vault.unlock(the((await vault.list())[0]).partyId, { kind: 'passphrase', passphrase: OLD })
  const shares = (await open.readAll('wallet')).flatMap(({ value }) => decodeWalletRecord(value).epoch.keys.map((key) => ({ name: `share of suite ${key.suite}`, bytes: key.signingShare })))
  const pairs = (await open.readAll('pair')).map(({ value }) => ({ name: 'pair', bytes: decodePairState(value).zeroSeed }))
  return [{ name: 'identity seed', bytes: the(await open.read('identity')).slice(0, 32) }, ...shares, ...pairs]
}

test('no share, seed, passphrase, passkey secret, data key or backup passphrase is on a locked disk, in a view, an error, the log or a backup file', async () => {
  const old = await secretsOf(frozenStore('Ben'))
  expect(old.map(({ name }) => name)).toHaveLength(10)
  const store = frozenStore('Ben')
  const drawn: Canary[] = []
  const who = await person({
    transport: createMemoryNetwork().transport('Ben'), store,
    rng: (size) => {
      const bytes = randomBytes(size)
      if (size === 32) drawn.push({ name: `draw ${drawn.length}`, bytes: bytes.slice() })
      return bytes
    },
  })
  const views: PartyView[] = []
  who.party.subscribe((view) => { views.push(view) })
  const errors: unknown[] = []
  const refused = async (work: Promise<unknown>): Promise<void> => { errors.push(await work.then(() => { throw new Error('not refused') }, (error: unknown) => error)) }
  const { verbs } = who.party
  const { partyId } = the(who.view().vaults[0])
  const phone = { credential: randomBytes(20), salt: randomBytes(32), secret: randomBytes(32), label: 'Phone' }
  const prf: Canary = { name: 'passkey secret', bytes: phone.secret.slice() }

  await refused(verbs.unlock({ partyId, passphrase: WRONG }))
  await verbs.unlock({ partyId, passphrase: OLD })
  await verbs.addPasskey({ now: { passphrase: OLD }, passkey: structuredClone(phone) })
  await verbs.changePassphrase({ now: { passkey: structuredClone({ credential: phone.credential, secret: phone.secret }) }, passphrase: NEW })
  await refused(verbs.changePassphrase({ now: { passphrase: WRONG }, passphrase: NEW }))
  await refused(verbs.addPasskey({ now: { passphrase: NEW }, passkey: structuredClone(phone) }))
  const { file } = await verbs.makeBackup({ wallet: savings, passphrase: PAPER })
  await verbs.proveBackup({ wallet: savings, file, passphrase: PAPER })
  await refused(verbs.proveBackup({ wallet: savings, file, passphrase: WRONG }))
  await refused(verbs.readBackup({ file: file.subarray(0, 900), passphrase: PAPER }))
  drawn.splice(0)
  await verbs.restoreBackup({ file, passphrase: PAPER, device: { name: 'New laptop', passphrase: NEW } })
  // The first two are the new party's seed and data key.
  const [seed, dataKey] = drawn
  const me = the(who.view().me).partyId
  const [cover, key] = [the(store.contents.get(storeKeys(me).cover)), await importAndWipe(crypto.subtle, the(dataKey).bytes.slice())]
  await openRecord(crypto.subtle, key, { ...coverPlace(me), schema: SCHEMA_VERSION }, cover)
  expect((await openIdentity(the(seed).bytes, { name: 'x', role: 'mobile-app', build: new Uint8Array(32) }, await chooseEd25519(crypto.subtle))).card.partyId).toBe(me)
  await verbs.lock()

  const passphrases = [text('old passphrase', OLD), text('new passphrase', NEW), text('wrong passphrase', WRONG), text('backup passphrase', PAPER)]
  const canaries = [...old, ...passphrases, prf, the(seed), the(dataKey)]
  const disk = concat(...[...store.contents].flatMap(([key, value]) => [utf8ToBytes(key), value]))
  expect(seenIn(disk, canaries)).toEqual([])
  expect(errors).toHaveLength(5)
  expect(seenIn(textOf(errors), canaries)).toEqual([])
  expect(seenIn(textOf(views), canaries)).toEqual([])
  expect(seenIn(textOf(who.log), canaries)).toEqual([])
  expect(seenIn(file, canaries)).toEqual([])
  // The search finds what is there: the passkey's salt lies in the open, and is shown.
  const salt: Canary = { name: 'salt', bytes: phone.salt }
  expect([isIn(disk, salt), isIn(textOf(views), salt)]).toEqual([true, true])
  await who.party.close()
})

test('what is sealed in a backup file holds no pair, no seed and no nonce', async () => {
  const desk = await deskOf('Ben')
  const { identity: { card }, wallets } = desk.device()
  const contents = { deviceName: card.name, partyId: card.partyId, madeAt: 0, wallet: wallets.get(savings) }
  const file = await sealBackup({ subtle: crypto.subtle, rng: randomBytes }, contents, PASSPHRASE)
  const { wallet } = await openBackup({ subtle: crypto.subtle, ed25519 }, file, PASSPHRASE)
  const sealed = encodeWalletRecord(wallet)
  const shares = wallet.epoch.keys.map((key) => ({ name: `share of suite ${key.suite}`, bytes: key.signingShare }))
  const others = (await secretsOf(frozenStore('Ben'))).filter(({ name }) => !name.startsWith('share'))
  expect(others).toHaveLength(4)
  expect(seenIn(sealed, others)).toEqual([])
  expect(seenIn(sealed, shares)).toHaveLength(3)
})
