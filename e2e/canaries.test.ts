import { join } from 'node:path'
import { webcrypto } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hex, utf8 } from '@scure/base'
import { encodeMessageIntent } from '@trivet/chains'
import { systemClock } from '@trivet/party'
import { createVault } from '@trivet/party/vault'
import { toNumber } from '@trivet/protocol/core'
import { decodePreparedEpoch } from '@trivet/protocol/epoch'
import { files, found, memory, text, type Canary } from './support/canaries.ts'
import { descriptionsOf, keptBy } from './support/kept.ts'
import { expect, test } from './support/fixtures.ts'
import type { NodePerson } from './support/node-person.ts'
import { saveBackup } from './support/save-backup.ts'
import { startSignallingProcess } from './support/signalling-process.ts'

const WALLET = 'Savings for the lighthouse'
const BACKUP_PASSPHRASE = 'seven brisk otters play at dusk'
const MESSAGE = 'Pay the ransom of 4,711 ducats to nobody.'
/** The pieces of shares that parties deal each other, and what they add to a signature, as in the envelope's header. */
const SECRET_MESSAGES = [0x15, 0x41]
/** What a random value of a secret has at least; shorter ones (ids of channels) are not secret. */
const SECRET_BYTES = 32

test('the search finds a secret however it is written', async () => {
  const bytes = webcrypto.getRandomValues(new Uint8Array(32))
  const secret = Buffer.from(bytes)
  for (const before of [0, 1, 2]) {
    const inside = Buffer.concat([Buffer.alloc(before, 7), secret, Buffer.alloc(5, 7)])
    for (const written of [inside.toString('hex'), inside.toString('hex').toUpperCase(), inside.toString('base64'), inside.toString('base64url')]) {
      expect(await found([{ name: 'secret', bytes }], text(written))).toEqual(['secret'])
    }
  }
  expect(await found([{ name: 'secret', bytes: utf8.decode('a secret in words') }], text('and a secret in words, too'))).toEqual(['secret'])
  expect(await found([{ name: 'secret', bytes }], text('nothing'))).toEqual([])
})

test('after a wallet was made and a text signed, the server’s memory, log and database hold none of what it must not know', async ({ person, device, folder }) => {
  const dataDir = join(folder, 'signalling')
  const signalling = await startSignallingProcess(dataDir)
  const drawn: Canary[] = []
  const heard: Canary[] = []
  const names = ['Anna’s laptop in the hall', 'Ben’s telephone, the red one', 'Cleo’s box under the stairs'] as const
  const [anna, ben] = [await person(names[0], { url: signalling.url }), await person(names[1], { url: signalling.url })]
  const descriptions = await Promise.all([anna, ben].map((who) => descriptionsOf(who)))
  const cleo = await device({
    name: names[2],
    drawn: (bytes) => { if (bytes.length >= SECRET_BYTES) drawn.push({ name: `random value ${drawn.length + 1}`, bytes }) },
    overhear: ({ header: { type }, body }) => { if (SECRET_MESSAGES.includes(type)) heard.push({ name: `secret of message ${type.toString(16)}`, bytes: body.slice(32, 64) }) },
  }, signalling.url)
  await anna.createWallet({ name: WALLET })
  const links = await anna.invitations(2)
  await ben.join(links[0] ?? '')
  await cleo.join(links[1] ?? '')
  await anna.makeTogether()
  await ben.approve()
  await cleo.approve()
  await anna.seesWallet()
  const accounts = [await anna.account('Ethereum'), await anna.account('Bitcoin Taproot'), await anna.account('Bitcoin SegWit'), await anna.account('Ed25519 public key')]
  await anna.writeText(MESSAGE, names[2])
  await anna.ask()
  const code = await anna.shortCode()
  await cleo.approve()
  const signature = await anna.result('Signature (hex)')

  const shares = await sharesOf(cleo)
  const sdp = (await Promise.all(descriptions.map((read) => read()))).flat()
  const said = [...[anna, ben, cleo].map(({ passphrase }) => passphrase), ...names, WALLET, MESSAGE, ...accounts, signature, ...spellingsOf(anna.words), ...sdp]
  const secrets: readonly Canary[] = [
    ...said.map((words) => ({ name: words, bytes: utf8.decode(words) })), ...links.map((link) => secretOf(link)), ...shares, ...heard, ...drawn,
    { name: 'intent', bytes: encodeMessageIntent(MESSAGE) }, { name: 'signature', bytes: hex.decode(signature) },
  ]
  // Three suites, each with its pieces to and from two others, and two shares of the signature.
  expect([shares.length, heard.length]).toEqual([3, 14])
  expect(drawn.length).toBeGreaterThan(10)
  // Of each of two pages: fingerprints, passwords and candidates of at least one connection.
  expect(sdp.length).toBeGreaterThanOrEqual(6)
  expect(code).toMatch(/\w{4}/)
  expect(new Set(secrets.map(({ name }) => name)).size).toBeGreaterThanOrEqual(40)
  // The shortest four words, written in one, are 12 letters: not found by chance either.
  expect(secrets.filter(({ bytes }) => bytes.length < 12)).toEqual([])
  // What the server must know is found wherever it is looked for: the search works.
  const known = { name: 'party id', bytes: Buffer.from(cleo.view.me?.partyId ?? '') }

  expect(await found([known, ...secrets], memory(signalling.pid))).toEqual([known.name])
  await signalling.stop()
  expect(await found([known, ...secrets], files(dataDir))).toEqual([known.name])
  expect(await found([known, ...secrets], text(signalling.log()))).toEqual([known.name])
})

test('once a device is locked, nothing that its browser keeps or shows holds a secret of it', async ({ person, device, folder }) => {
  const anna = await person('Anna')
  const ben = await device({ name: 'Ben' })
  await anna.createWallet({ name: WALLET, devices: 2 })
  const [link = ''] = await anna.invitations(1)
  await ben.join(link)
  await anna.makeTogether()
  await ben.approve()
  await anna.seesWallet()
  await anna.writeText(MESSAGE, 'Ben')
  await anna.ask()
  await ben.approve()
  await anna.result('Signature (hex)')
  await anna.backToWallet(WALLET)
  const file = await readFile(await saveBackup(anna, BACKUP_PASSPHRASE, folder))
  // What the file holds is what this device has: a device without a browser takes it in and is taken apart.
  const other = await device({ name: 'Another' })
  await other.party.verbs.restoreBackup({ file, passphrase: BACKUP_PASSPHRASE, device: { name: 'Another', passphrase: other.passphrase } })
  const shares = await sharesOf(other)
  expect(shares).toHaveLength(3)
  const said = [anna.passphrase, BACKUP_PASSPHRASE, MESSAGE, ...spellingsOf(anna.words)]
  const secrets = [...said.map((words) => ({ name: words, bytes: utf8.decode(words) })), secretOf(link), ...shares]

  await anna.button('Lock').click()
  await expect(anna.page.getByText('Locked', { exact: true })).toBeVisible()
  const kept = await keptBy(anna.page)
  // The search works: the name of a wallet is on the cover of its vault, and may be read.
  expect(kept.database).not.toBe('')
  const cover = { name: WALLET, bytes: utf8.decode(WALLET) }
  expect(await found([cover, ...secrets], text(Object.values(kept).join('\n')))).toEqual([cover.name])
})

/** As somebody might write them down. */
function spellingsOf(words: readonly string[]): readonly string[] {
  return [' ', '-', '\n', '","', ''].map((between) => words.join(between))
}

/** 128 bits that make a link one: version ‖ room 16 ‖ place ‖ token 16 ‖ card hash 32 ‖ secret 16 ‖ …, as in `docs/wire.md`. */
function secretOf(link: string): Canary {
  return { name: 'secret of a link', bytes: Buffer.from(link.replace(/.*#join=/, ''), 'base64url').subarray(66, 82) }
}

/** What a device that was taken apart would give away. */
async function sharesOf({ store, passphrase, view }: NodePerson): Promise<readonly Canary[]> {
  const vault = createVault({ store, subtle: webcrypto.subtle, rng: (size) => webcrypto.getRandomValues(new Uint8Array(size)), clock: systemClock })
  if (view.me === undefined) throw new Error('this device is locked')
  const open = await vault.unlock(view.me.partyId, { kind: 'passphrase', passphrase })
  const own = await open.readAll('wallet')
  const restored = await open.readAll('restored')
  // What is before a restored one: u8 version ‖ u64 restored ‖ u64 made ‖ party id 32.
  return [...own.map(({ value }) => value), ...restored.map(({ value }) => value.subarray(49))].flatMap((value) => {
    // u8 version ‖ u64 time ‖ u32 |name| ‖ name ‖ u32 |epoch| ‖ epoch …, as in `docs/storage.md`.
    const afterName = 9 + 4 + toNumber(value.subarray(9, 13))
    const epoch = value.subarray(afterName + 4, afterName + 4 + toNumber(value.subarray(afterName, afterName + 4)))
    return decodePreparedEpoch(epoch).keys.map(({ suite, signingShare }) => ({ name: `share of suite ${suite}`, bytes: signingShare }))
  })
}
