/** A request to set up a pair anew, as the other one of the two checks it. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  concat, decodeInvitation, encodeEnvelope, encodeHeader, encodeInvitation, encodeRepairProposal, signedBytes, type Envelope, type Invitation,
} from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import { openDevice, type Device } from '../device.ts'
import { chooseEd25519, type Ed25519 } from '../identity/ed25519.ts'
import { Tenancy } from '../one-writer.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { makeWallet, randomBytes, the, VAULT_KEY } from '../testing/people.ts'
import { makeTrio } from '../testing/trio.ts'
import { createVault } from '../vault/index.ts'
import { makeRepairRequest, readRepairRequest, type RepairInvitation } from './repair-request.ts'

const ROOM = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId
const OTHER_ROOM = '0f8fad5b-d9cb-469f-a165-70867728950f' as SessionId
const PATIENCE_MS = 600_000

/** Devices of one wallet, by share index. */
let devices: readonly Device[] = []
let ed25519: Ed25519
let request: RepairInvitation
const clock = new FakeClock()

beforeAll(async () => {
  const { all } = await makeTrio()
  await makeWallet(all)
  ed25519 = await chooseEd25519(crypto.subtle)
  await Promise.all(all.map((who) => who.party.close()))
  const opened = await Promise.all(all.map(async ({ store }) => {
    const vault = createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock })
    const { partyId } = the((await vault.list())[0])
    const tenancy = new Tenancy(undefined, false, () => undefined)
    const tools = { vault, ed25519, clock, rng: randomBytes, role: 'mobile-app', build: new Uint8Array(32), tenancy } as const
    return openDevice(partyId, { kind: 'raw', key: VAULT_KEY }, tools)
  }))
  const pidOf = ({ wallets }: Device): number => the(the(wallets.list()[0]).epoch.keys[0]).pid
  devices = opened.toSorted((a, b) => pidOf(a) - pidOf(b))
  request = await makeRepairRequest(
    { wallet: the(device(1).wallets.list()[0]), peer: 2, room: ROOM, expiresAt: clock.now() + PATIENCE_MS }, { identity: device(1).identity, rng: randomBytes },
  )
})

function device(pid: number): Device {
  return the(devices[pid - 1])
}

function partyOf(pid: number): PartyId {
  return device(pid).identity.card.partyId
}

/** What party 2 makes of it in a meeting with party 1. */
function read({ header, signature, body }: Envelope, expected: { readonly room?: SessionId; readonly from?: number } = {}): Promise<RepairInvitation> {
  const { room = ROOM, from = 1 } = expected
  return readRepairRequest(encodeEnvelope({ header, signature, body }), { room, from: partyOf(from) }, { wallets: device(2).wallets, ed25519, clock })
}

/** The request with something else in it, signed again by its sender. */
async function changed(change: { readonly header?: Partial<Envelope['header']>; readonly invitation?: Partial<Invitation> }): Promise<Envelope> {
  const body = encodeInvitation({ ...decodeInvitation(request.envelope.body), ...change.invitation })
  const header = { ...request.envelope.header, ...change.header, bodyLength: body.length }
  return { header, body, signature: await device(1).identity.sign(signedBytes(encodeHeader(header), body)) }
}

const payloadFor = (...pair: readonly number[]): Uint8Array => encodeRepairProposal({ keyId: request.share.keyId, pair })

describe('a request for a repair', () => {
  test('is read as it was made', async () => {
    const { wallet, share, peer, signers, requester, instance, expiresAt } = await read(request.envelope)
    expect({ wallet: wallet.id, pid: share.pid, suite: share.suite, peer, signers, requester, instance, expiresAt }).toEqual({
      wallet: request.wallet.id, pid: 2, suite: 1, peer: 1, signers: [1, 2], requester: 1, instance: request.instance, expiresAt: clock.now() + PATIENCE_MS,
    })
  })

  test('of another meeting, of somebody else, or with a broken signature is dropped', async () => {
    await expect(read(request.envelope, { room: OTHER_ROOM })).rejects.toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('another meeting') as unknown })
    await expect(read(request.envelope, { from: 3 })).rejects.toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('another party') as unknown })
    const signature = request.envelope.signature.map((byte, i) => (i === 9 ? byte ^ 1 : byte))
    await expect(read({ ...request.envelope, signature })).rejects.toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('signature') as unknown })
  })

  test.each([
    ['of another epoch', () => changed({ header: { epoch: 2 } })],
    ['in another member\'s name', () => changed({ header: { from: 3 } })],
    ['to one party alone', () => changed({ header: { to: 2 } })],
    ['of another type', () => changed({ header: { type: 0x02 } })],
    ['for another ceremony', () => changed({ invitation: { ceremony: 'presign' } })],
    ['that has expired', () => changed({ invitation: { expires: clock.now() - 1 } })],
    ['about another pair of the sender', () => changed({ invitation: { payload: payloadFor(1, 3) } })],
    ['about a pair without the sender', () => changed({ invitation: { payload: payloadFor(2, 3) } })],
    ['about three', () => changed({ invitation: { payload: payloadFor(1, 2, 3) } })],
    ['about somebody and nobody', () => changed({ invitation: { payload: payloadFor(2, 9) } })],
    ['of another key', () => changed({ invitation: { payload: encodeRepairProposal({ keyId: randomBytes(32), pair: [1, 2] }) } })],
    ['of a key that has no pairs', () => {
      const keyId = the(request.wallet.epoch.keys.find(({ suite }) => suite === 2)).keyId
      return changed({ invitation: { payload: encodeRepairProposal({ keyId, pair: [1, 2] }) } })
    }],
    ['with something after it', () => changed({ invitation: { payload: concat(payloadFor(1, 2), Uint8Array.of(0)) } })],
  ])('%s is dropped', async (_what, make) => {
    await expect(read(await make())).rejects.toMatchObject({ code: expect.stringMatching(/^E_(CONFIG|LEN)$/) as unknown, fault: 'party' })
  })

  test('that was answered is dropped when it comes again, also after a restart', async () => {
    const again = await changed({ header: { instance: randomBytes(32) } })
    const { wallet, instance } = await read(again)
    await device(2).wallets.used.spend(wallet.id, 1, instance)
    await expect(read(again)).rejects.toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('answered before') as unknown })
  })
})
