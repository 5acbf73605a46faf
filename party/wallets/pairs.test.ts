/** The ban rule on the disk: what a restart finds after each step, and after each step that failed. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { beforeEach, describe, expect, test } from 'vitest'
import type { PairState, Pid } from '@trivet/protocol/core'
import { encodePairState } from '@trivet/protocol/dkls23'
import type { PartyId } from '@trivet/signalling/wire'
import { systemClock } from '../clock.ts'
import { randomBytes, VAULT_KEY } from '../testing/people.ts'
import { createVault } from '../vault/index.ts'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'
import { decodePairMarks, encodePairMarks, noMarks } from './pair-marks.ts'
import { Pairs, type PairEnd } from './pairs.ts'

const PARTY = 'a1'.repeat(32) as PartyId
const WALLET = 'c3'.repeat(32)
const PEERS = [2, 3]
const SOURCE = { kind: 'raw', key: VAULT_KEY } as const
const sid = new Uint8Array(32).fill(7)
const otherSid = new Uint8Array(32).fill(8)

let store: MemoryStore
let pairs: Pairs
const vault = () => createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock: systemClock })

function pairWith(peer: Pid): PairState {
  return {
    peer, asAlice: { id: randomBytes(32), delta: randomBytes(16), leaves: randomBytes(16_384) },
    asBob: { id: randomBytes(32), leaves: randomBytes(16_384) }, zeroSeed: randomBytes(32),
  }
}

async function open(): Promise<Pairs> {
  const again = await Pairs.open(await vault().unlock(PARTY, SOURCE))
  await again.load(WALLET, 1, PEERS)
  return again
}

function states(of: Pairs, epoch = 1): readonly string[] {
  return PEERS.map((peer) => {
    const { state, bans } = of.state(WALLET, epoch, peer)
    return `${state} ${bans}`
  })
}

const records = (): readonly string[] => [...store.contents.keys()].flatMap((key) => /record\/(pair.*)$/.exec(key)?.[1] ?? []).toSorted()

beforeEach(async () => {
  store = createMemoryStore()
  const disk = await vault().create(PARTY, { cover: new Uint8Array(0) }, SOURCE)
  pairs = await Pairs.open(disk)
  await pairs.along({ wallet: WALLET, epoch: 1, added: PEERS.map(pairWith), gone: [] }, (changes) => disk.write(changes))
})

describe('pairs', () => {
  test('are as they were after a restart, and gone from memory when they are wiped', async () => {
    const again = await open()
    const pair = again.book(WALLET, 1).get(3)
    expect(pair).toEqual(pairs.book(WALLET, 1).get(3))
    again.wipe()
    expect(pair.zeroSeed).toEqual(new Uint8Array(32))
    expect(() => again.book(WALLET, 1).get(3)).toThrow('the vault is locked')
    await expect(again.apply(WALLET, 1, { kind: 'testing', sid, peers: [3] })).rejects.toMatchObject({ code: 'E_LOCKED' })
  })

  test('that are damaged inside or outside are lost, and accuse nobody', async () => {
    const at = (peer: Pid): string => `vault/${PARTY}/record/pair/${WALLET}-${peer}/1`
    const bytes = store.contents.get(at(3)) ?? new Uint8Array()
    store.contents.set(at(3), bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)))
    const disk = await vault().unlock(PARTY, SOURCE)
    const inner = await disk.read('pair', `${WALLET}-2`, 1) ?? new Uint8Array()
    inner[500] = (inner[500] ?? 0) ^ 1
    await disk.write([{ kind: 'pair', id: `${WALLET}-2`, epoch: 1, value: inner }])
    expect(states(await open())).toEqual(['lost 0', 'lost 0'])
    const again = await open()
    expect(() => again.book(WALLET, 1).get(2)).toThrow(expect.objectContaining({ code: 'E_PAIR_STATE', culprits: [2] }) as Error)
  })

  test('end with their epoch; only the number of bans is kept', async () => {
    await pairs.apply(WALLET, 1, { kind: 'banned', sid, peers: [2] })
    const disk = await vault().unlock(PARTY, SOURCE)
    const next = await open()
    await next.along({ wallet: WALLET, epoch: 2, added: PEERS.map(pairWith), gone: [] }, (changes) => disk.write(changes))
    await next.along({ wallet: WALLET, epoch: 2, added: [], gone: [{ epoch: 1, peers: PEERS }] }, (changes) => disk.write(changes))
    expect(records()).toEqual([`pair-marks/${WALLET}/2`, `pair/${WALLET}-2/2`, `pair/${WALLET}-3/2`])
    expect(states(next, 2)).toEqual(['ready 1', 'ready 0'])
    // A session of the old epoch that ends late brings nothing back.
    await next.settled(WALLET, 1, sid)
    expect(records()).toHaveLength(3)
  })

  test('set up anew lift a ban, and keep its number', async () => {
    await pairs.apply(WALLET, 1, { kind: 'banned', sid, peers: [2] })
    const pair = pairWith(2)
    const bytes = pair.zeroSeed.slice()
    await pairs.renew(WALLET, 1, pair)
    const again = await open()
    for (const each of [pairs, again]) {
      expect(states(each)).toEqual(['ready 1', 'ready 0'])
      expect(each.book(WALLET, 1).get(2).zeroSeed).toEqual(bytes)
    }
    await pairs.apply(WALLET, 1, { kind: 'banned', sid, peers: [2] })
    expect(states(await open())).toEqual(['banned 2', 'ready 0'])
  })

  test('set up anew end what uses the old ones before anything is written', async () => {
    const old = pairs.book(WALLET, 1).get(2)
    const heard: unknown[] = []
    pairs.onEnd((end) => {
      heard.push(end)
      expect(() => pairs.book(WALLET, 1).get(2)).toThrow(expect.objectContaining({ code: 'E_PAIR_STATE' }) as Error)
      expect(old.zeroSeed).not.toEqual(new Uint8Array(32))
    })
    const pair = pairWith(2)
    await pairs.renew(WALLET, 1, pair)
    expect(heard).toEqual([{ wallet: WALLET, epoch: 1, peers: [2], why: 'replaced' }])
    expect(old.zeroSeed).toEqual(new Uint8Array(32))
    expect(pairs.book(WALLET, 1).get(2)).toBe(pair)
  })

  test.each([{ banned: false }, { banned: true }])('that the disk cannot keep are wiped, and all is as it was (banned: $banned)', async ({ banned }) => {
    const old = banned ? undefined : pairs.book(WALLET, 1).get(2)
    if (banned) await pairs.apply(WALLET, 1, { kind: 'banned', sid, peers: [2] })
    const pair = pairWith(2)
    store.breakNextWrite('refused')
    await expect(pairs.renew(WALLET, 1, pair)).rejects.toMatchObject({ code: 'E_STORAGE' })
    expect(pair.zeroSeed).toEqual(new Uint8Array(32))
    const again = await open()
    for (const each of [pairs, again]) {
      expect(states(each)).toEqual([banned ? 'banned 1' : 'ready 0', 'ready 0'])
      if (old !== undefined) expect(each.book(WALLET, 1).get(2)).toEqual(old)
    }
  })

  test('set up anew while a test with the old one fails stay banned: the yes was given before', async () => {
    let done = Promise.resolve()
    const stop = pairs.onEnd(() => {
      stop()
      done = pairs.apply(WALLET, 1, { kind: 'banned', sid, peers: [2] })
    })
    await expect(pairs.renew(WALLET, 1, pairWith(2))).rejects.toMatchObject({ code: 'E_BANNED', culprits: [2] })
    await done
    for (const each of [pairs, await open()]) expect(states(each)).toEqual(['banned 1', 'ready 0'])
    expect(records()).toEqual([`pair-marks/${WALLET}/1`, `pair/${WALLET}-3/1`])
  })

  test('that differ from the other side\'s count as lost until they are set up anew, or the device restarts', async () => {
    pairs.differ(WALLET, 1, [2])
    expect(states(pairs)).toEqual(['lost 0', 'ready 0'])
    expect(states(await open())).toEqual(['ready 0', 'ready 0'])
    await pairs.renew(WALLET, 1, pairWith(2))
    expect(states(pairs)).toEqual(['ready 0', 'ready 0'])
  })
})

describe('a test', () => {
  test('that passed leaves no trace', async () => {
    await pairs.apply(WALLET, 1, { kind: 'testing', sid, peers: PEERS })
    await pairs.apply(WALLET, 1, { kind: 'tested', sid, peers: PEERS })
    expect(states(await open())).toEqual(['ready 0', 'ready 0'])
  })

  test('that a crash interrupted counts as failed, without blame: the pairs are erased', async () => {
    await pairs.apply(WALLET, 1, { kind: 'testing', sid, peers: [3] })
    expect(states(await open())).toEqual(['ready 0', 'lost 0'])
    expect(records()).toEqual([`pair-marks/${WALLET}/1`, `pair/${WALLET}-2/1`])
    expect(states(await open())).toEqual(['ready 0', 'lost 0'])
  })

  test('whose session ended before it took place leaves no mark, and takes no other session\'s', async () => {
    await pairs.apply(WALLET, 1, { kind: 'testing', sid, peers: [3] })
    await pairs.apply(WALLET, 1, { kind: 'testing', sid: otherSid, peers: [2] })
    await pairs.settled(WALLET, 1, sid)
    expect(states(await open())).toEqual(['lost 0', 'ready 0'])
  })

  test('that passed, but whose mark the disk kept, is cleared when its session ends', async () => {
    await pairs.apply(WALLET, 1, { kind: 'testing', sid, peers: [3] })
    store.breakNextWrite('refused')
    await expect(pairs.apply(WALLET, 1, { kind: 'tested', sid, peers: [3] })).rejects.toMatchObject({ code: 'E_STORAGE' })
    await pairs.settled(WALLET, 1, sid)
    expect(states(await open())).toEqual(['ready 0', 'ready 0'])
  })

  test('is not begun when its mark cannot be written', async () => {
    store.breakNextWrite('refused')
    await expect(pairs.apply(WALLET, 1, { kind: 'testing', sid, peers: [3] })).rejects.toMatchObject({ code: 'E_STORAGE' })
    await pairs.settled(WALLET, 1, sid)
    expect(states(await open())).toEqual(['ready 0', 'ready 0'])
  })
})

describe('a ban', () => {
  test('holds before it is written: in the same turn the pair is gone, and everybody who asked is told', async () => {
    const pair = pairs.book(WALLET, 1).get(3)
    const heard: PairEnd[] = []
    pairs.onEnd((end) => { heard.push(end) })
    const stop = pairs.onEnd(() => { heard.length = 0 })
    stop()
    const done = pairs.apply(WALLET, 1, { kind: 'banned', sid, peers: [3] })
    expect(heard).toEqual([{ wallet: WALLET, epoch: 1, peers: [3], why: 'banned' }])
    expect(() => pairs.book(WALLET, 1).get(3)).toThrow(expect.objectContaining({ code: 'E_BANNED', culprits: [3] }) as Error)
    expect(pair.asAlice.delta).toEqual(new Uint8Array(16))
    await done
    expect(records()).toEqual([`pair-marks/${WALLET}/1`, `pair/${WALLET}-2/1`])
    expect(states(await open())).toEqual(['ready 0', 'banned 1'])
  })

  test.each(['refused', 'lost', 'torn'] as const)('whose write is %s holds in memory, and is written with the next', async (how) => {
    store.breakNextWrite(how)
    await expect(pairs.apply(WALLET, 1, { kind: 'banned', sid, peers: [3] })).rejects.toMatchObject({ code: 'E_STORAGE' })
    expect(states(pairs)).toEqual(['ready 0', 'banned 1'])
    await pairs.settled(WALLET, 1, sid)
    expect(states(await open())).toEqual(['ready 0', 'banned 1'])
    expect(records()).toEqual([`pair-marks/${WALLET}/1`, `pair/${WALLET}-2/1`])
  })

  test('during a test is never forgotten, whatever the disk does: the mark is still there', async () => {
    await pairs.apply(WALLET, 1, { kind: 'testing', sid, peers: [3] })
    store.breakNextWrite('refused')
    await expect(pairs.apply(WALLET, 1, { kind: 'banned', sid, peers: [3] })).rejects.toMatchObject({ code: 'E_STORAGE' })
    expect(states(await open())).toEqual(['ready 0', 'lost 0'])
  })
})

test('signatures that did not verify are counted for each set of signers, over restarts, until one does', async () => {
  await pairs.signed(WALLET, 1, [1, 2], false)
  await pairs.signed(WALLET, 1, [1, 2], false)
  await pairs.signed(WALLET, 1, [1, 3], true)
  const again = await open()
  expect([again.failures(WALLET, 1, [1, 2]), again.failures(WALLET, 1, [1, 3])]).toEqual([2, 0])
  await again.signed(WALLET, 1, [1, 2], true)
  expect((await open()).failures(WALLET, 1, [1, 2])).toBe(0)
})

test('the record of a pair is these bytes: do not regenerate them, raise the version and write a migration', () => {
  let next = 0
  const count = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => next++ % 251)
  const record = encodePairState({
    peer: 258, asAlice: { id: count(32), delta: count(16), leaves: count(16_384) }, asBob: { id: count(32), leaves: count(16_384) }, zeroSeed: count(32),
  })
  expect(record).toHaveLength(32_915)
  expect(bytesToHex(record.subarray(0, 8))).toBe('0101020001020304')
  expect(bytesToHex(sha256(record))).toBe('e3bdaf928bd262aa725b18d0340b8619d8df797a5632254a59593e3fa100ad45')
})

describe('the record of marks', () => {
  /** These bytes lie on people's devices: do not regenerate them, raise the version and write a migration. */
  const FROZEN = '01' + '0001' + '07'.repeat(32) + '02' + '0002' + '0003' + '02' + '0003' + '01' + '00000002' + '0005' + '00' + '00000001' + '0001' + '02' + '0001' + '0003' + '04'

  test('is these bytes, and is read from them', () => {
    const marks = noMarks()
    marks.testing.set('07'.repeat(32), [2, 3])
    marks.banned.add(3)
    marks.bans.set(3, 2).set(5, 1)
    marks.failures.set('1,3', 4)
    expect(encodePairMarks(marks)).toEqual(hexToBytes(FROZEN))
    expect(decodePairMarks(hexToBytes(FROZEN))).toEqual(marks)
  })

  test('is refused when it is cut short, extended or of another version', () => {
    const bytes = hexToBytes(FROZEN)
    for (let size = 0; size < bytes.length; size++) expect(() => decodePairMarks(bytes.subarray(0, size))).toThrow(expect.objectContaining({ code: 'E_DAMAGED' }) as Error)
    expect(() => decodePairMarks(Uint8Array.of(...bytes, 0))).toThrow(expect.objectContaining({ code: 'E_DAMAGED' }) as Error)
    expect(() => decodePairMarks(bytes.with(0, 2))).toThrow(expect.objectContaining({ code: 'E_DAMAGED' }) as Error)
  })
})
