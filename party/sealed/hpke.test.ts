import { hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test, vi } from 'vitest'
import { flipped } from '../testing/bent-line.ts'
import { randomBytes } from '../testing/people.ts'
import { hpkeOpen, hpkeSender, suite } from './hpke.ts'
import vector from './vectors/rfc9180-a2-base.json' with { type: 'json' }

const info = hexToBytes(vector.info)
const receiver = { publicKey: hexToBytes(vector.pkRm), secret: hexToBytes(vector.skRm) }
const [first] = vector.encryptions
if (first === undefined) throw new Error('bad fixture')
const published = { enc: hexToBytes(vector.enc), info, aad: hexToBytes(first.aad), ciphertext: hexToBytes(first.ct) }

describe('RFC 9180, the suite that is used here', () => {
  test('has the identifiers of the published vector', () => {
    expect([suite.kem.id, suite.kdf.id, suite.aead.id]).toEqual([vector.kem_id, vector.kdf_id, vector.aead_id])
  })

  test('opens what was published', async () => {
    expect(await hpkeOpen(receiver, published)).toEqual(hexToBytes(first.pt))
  })

  test('derives the published keys, and from the published ephemeral key the same bytes, through 257 messages', async () => {
    const bytesOf = async (key: Promise<ArrayBuffer>): Promise<Uint8Array> => new Uint8Array(await key)
    const { privateKey, publicKey } = await suite.kem.deriveKeyPair(hexToBytes(vector.ikmR))
    expect(await bytesOf(suite.kem.serializePrivateKey(privateKey))).toEqual(receiver.secret)
    expect(await bytesOf(suite.kem.serializePublicKey(publicKey))).toEqual(receiver.publicKey)
    const sender = await suite.createSenderContext({ recipientPublicKey: publicKey, info, ekm: hexToBytes(vector.ikmE) })
    expect(new Uint8Array(sender.enc)).toEqual(published.enc)
    const back = await suite.createRecipientContext({ recipientKey: privateKey, enc: sender.enc, info })
    const last = vector.encryptions.at(-1)?.sequence ?? 0
    for (let i = 0; i <= last; i++) {
      const known = vector.encryptions.find(({ sequence }) => sequence === i) ?? { pt: '00', aad: '', ct: undefined }
      const sealed = await sender.seal(hexToBytes(known.pt), hexToBytes(known.aad))
      if (known.ct !== undefined) expect(new Uint8Array(sealed)).toEqual(hexToBytes(known.ct))
      expect(new Uint8Array(await back.open(sealed, hexToBytes(known.aad)))).toEqual(hexToBytes(known.pt))
    }
    expect(last).toBe(256)
  })

  test('draws another ephemeral key each time, and opens what it sealed', async () => {
    const senders = [await hpkeSender(receiver.publicKey, info), await hpkeSender(receiver.publicKey, info)]
    for (const { enc, seal } of senders) {
      const ciphertext = await seal(published.aad, published.aad)
      expect(await hpkeOpen(receiver, { ...published, enc, ciphertext })).toEqual(published.aad)
    }
    expect(senders[0]?.enc).not.toEqual(senders[1]?.enc)
  })

  test('opens nothing where anything is another: key, encapsulated key, info, additional data, ciphertext', async () => {
    const other = await suite.kem.generateKeyPair()
    const secret = new Uint8Array(await suite.kem.serializePrivateKey(other.privateKey))
    expect(await hpkeOpen({ ...receiver, secret }, published)).toBeUndefined()
    expect(await hpkeOpen(receiver, { ...published, enc: randomBytes(32) })).toBeUndefined()
    expect(await hpkeOpen(receiver, { ...published, enc: new Uint8Array(32) })).toBeUndefined()
    expect(await hpkeOpen(receiver, { ...published, info: flipped(info, 0) })).toBeUndefined()
    expect(await hpkeOpen(receiver, { ...published, aad: flipped(published.aad, 0) })).toBeUndefined()
    expect(await hpkeOpen(receiver, { ...published, ciphertext: flipped(published.ciphertext, 0) })).toBeUndefined()
    expect(await hpkeOpen(receiver, { ...published, ciphertext: published.ciphertext.subarray(0, 15) })).toBeUndefined()
  })

  test('asks the platform for HKDF and HMAC, never for X25519', async () => {
    const spies = (['importKey', 'deriveBits', 'deriveKey', 'generateKey'] as const).map((name) => vi.spyOn(crypto.subtle, name))
    try {
      const { enc, seal } = await hpkeSender(receiver.publicKey, info)
      await hpkeOpen(receiver, { ...published, enc, ciphertext: await seal(published.aad, published.aad) })
      const asked = JSON.stringify(spies.map(({ mock }) => mock.calls))
      expect(asked).toContain('HKDF')
      expect(asked).not.toContain('25519')
    } finally {
      for (const spy of spies) spy.mockRestore()
    }
  })

  test('leaves the receiver\'s secret as it is', async () => {
    await hpkeOpen(receiver, published)
    expect(receiver.secret).toEqual(hexToBytes(vector.skRm))
  })

  test('seals nothing to a key of small order', async () => {
    await expect(hpkeSender(new Uint8Array(32), info)).rejects.toMatchObject({ fault: 'party', code: 'E_POINT' })
  })
})
