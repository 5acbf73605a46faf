import { join } from 'node:path'
import { webcrypto } from 'node:crypto'
import { utf8 } from '@scure/base'
import { createVault } from '@trivet/party/vault'
import { toNumber } from '@trivet/protocol/core'
import { decodePreparedEpoch } from '@trivet/protocol/epoch'
import { files, found, memory, text, type Canary } from './support/canaries.ts'
import { expect, test } from './support/fixtures.ts'
import type { NodePerson } from './support/node-person.ts'
import { startSignallingProcess } from './support/signalling-process.ts'

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

test('after a wallet was made and a text signed, the server’s memory, log and database hold none of the secrets', async ({ person, device, folder }) => {
  const dataDir = join(folder, 'signalling')
  const signalling = await startSignallingProcess(dataDir)
  const drawn: Canary[] = []
  const heard: Canary[] = []
  const [anna, ben] = [await person('Anna', { url: signalling.url }), await person('Ben', { url: signalling.url })]
  const cleo = await device({
    name: 'Cleo',
    drawn: (bytes) => { if (bytes.length >= SECRET_BYTES) drawn.push({ name: `random value ${drawn.length + 1}`, bytes }) },
    overhear: ({ header: { type }, body }) => { if (SECRET_MESSAGES.includes(type)) heard.push({ name: `secret of message ${type.toString(16)}`, bytes: body.slice(32, 64) }) },
  }, signalling.url)
  await anna.createWallet({ name: 'Savings' })
  const [toBen = '', toCleo = ''] = await anna.invitations(2)
  await ben.join(toBen)
  await cleo.join(toCleo)
  await anna.makeTogether()
  await ben.approve()
  await cleo.approve()
  await anna.seesWallet()
  await anna.writeText(MESSAGE, 'Cleo')
  await anna.ask()
  await cleo.approve()
  await anna.result('Signature (hex)')

  const shares = await sharesOf(cleo)
  const spoken = [...[anna, ben, cleo].map(({ passphrase }) => passphrase), MESSAGE].map((said) => ({ name: said, bytes: utf8.decode(said) }))
  const secrets: readonly Canary[] = [...spoken, ...shares, ...heard, ...drawn]
  // Three suites, each with its pieces to and from two others, and two shares of the signature.
  expect([shares.length, heard.length]).toEqual([3, 14])
  expect(drawn.length).toBeGreaterThan(10)
  // What the server must know is found wherever it is looked for: the search works.
  const known = { name: 'party id', bytes: Buffer.from(cleo.view.me?.partyId ?? '') }

  expect(await found([known, ...secrets], memory(signalling.pid))).toEqual([known.name])
  await signalling.stop()
  expect(await found([known, ...secrets], files(dataDir))).toEqual([known.name])
  expect(await found([known, ...secrets], text(signalling.log()))).toEqual([known.name])
})

/** What a device that was taken apart would give away. */
async function sharesOf({ store, passphrase, view }: NodePerson): Promise<readonly Canary[]> {
  const vault = createVault({ store, subtle: webcrypto.subtle, rng: (size) => webcrypto.getRandomValues(new Uint8Array(size)) })
  if (view.me === undefined) throw new Error('this device is locked')
  const open = await vault.unlock(view.me.partyId, { kind: 'passphrase', passphrase })
  const records = await open.readAll('wallet')
  return records.flatMap(({ value }) => {
    // u8 version ‖ u64 time ‖ u32 |name| ‖ name ‖ u32 |epoch| ‖ epoch …, as in `docs/storage.md`.
    const afterName = 9 + 4 + toNumber(value.subarray(9, 13))
    const epoch = value.subarray(afterName + 4, afterName + 4 + toNumber(value.subarray(afterName, afterName + 4)))
    return decodePreparedEpoch(epoch).keys.map(({ suite, signingShare }) => ({ name: `share of suite ${suite}`, bytes: signingShare }))
  })
}
