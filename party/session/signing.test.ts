import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr } from '@noble/curves/secp256k1.js'
import { describe, expect, test, vi } from 'vitest'
import { concat, InputError, toBigInt } from '@trivet/protocol/core'
import { deriveKey } from '@trivet/protocol/derive'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import { systemClock } from '../clock.ts'
import { askPerson, type SignRequest } from '../policy.ts'
import { settle, turnUntil } from '../testing/fake-clock.ts'
import { ask, failureOf, interpretForTests, makeWallet, randomBytes, reaches, sessionIn, signTogether, the, VAULT_KEY, type Person } from '../testing/people.ts'
import { failuresOf, makeTrio } from '../testing/trio.ts'
import { createVault } from '../vault/index.ts'
import { createMemoryStore } from '../vault/memory-store.ts'
import { UsedInstances } from '../wallets/used-instances.ts'

function message(text: string): Uint8Array {
  return concat(Uint8Array.of(2), new TextEncoder().encode(text))
}

function keyOf(who: Person, suite: 2 | 3): Uint8Array {
  return the(who.view().wallets[0]?.keys.find((key) => key.suite === suite)).groupKey
}

async function approve(who: Person, session: SessionId): Promise<void> {
  await reaches(who, session, 'approving')
  await who.party.verbs.approve({ session })
}

describe('signing', () => {
  test.each([[2, 2], [2, 3], [3, 3]])('works with %i of %i', async (threshold, total) => {
    const { all, anna } = await makeTrio()
    const people = all.slice(0, total)
    const wallet = await makeWallet(people, threshold)
    const signers = people.slice(0, threshold)
    const text = new TextEncoder().encode('to be signed')
    const [signature] = await signTogether(signers, wallet, concat(Uint8Array.of(2), text))
    expect(ed25519.verify(the(signature), text, keyOf(anna, 2))).toBe(true)
    const digest = new Uint8Array(32).fill(3)
    const [bip340] = await signTogether(signers.toReversed(), wallet, concat(Uint8Array.of(3), digest))
    expect(schnorr.verify(the(bip340), digest, keyOf(anna, 3).subarray(1))).toBe(true)
  })

  test('at a path is by the key that anybody derives, whichever two sign', async () => {
    const { all, anna, ben, cleo } = await makeTrio()
    const wallet = await makeWallet(all)
    const keys = the(anna.view().wallets[0]).keys
    const at = (suite: 2 | 3): Uint8Array => deriveKey(the(keys.find((key) => key.suite === suite)), [0, 7]).publicKey
    const internal = at(3).subarray(1)
    const tweak = toBigInt(schnorr.utils.taggedHash('TapTweak', internal))
    const output = schnorr.utils.pointToBytes(schnorr.utils.lift_x(toBigInt(internal)).add(schnorr.Point.BASE.multiply(tweak)))
    const digest = new Uint8Array(32).fill(7)
    for (const pair of [[anna, ben], [ben, cleo], [cleo, anna]]) {
      const [text] = await signTogether(pair, wallet, concat(Uint8Array.of(0x22), digest))
      expect(ed25519.verify(the(text), digest, at(2), { zip215: false })).toBe(true)
      const [taproot] = await signTogether(pair, wallet, concat(Uint8Array.of(0xa3), digest))
      expect(schnorr.verify(the(taproot), digest, output)).toBe(true)
    }
  })

  test('a co-signer that is away finds the request when it comes back', async () => {
    const { all, anna, cleo, network } = await makeTrio()
    const wallet = await makeWallet(all)
    network.setOnline('Cleo 3', false)
    const session = await ask([anna, cleo], wallet, message('later'))
    await settle()
    expect(sessionIn(anna.view(), session)?.state).toMatchObject({ at: 'approving', answered: true })
    network.setOnline('Cleo 3', true)
    const { request } = await reaches(cleo, session, 'approving')
    expect(request).toMatchObject({ from: { name: 'Anna' }, preview: { sentence: 'Sign 5 bytes' } })
    expect(request?.code).toBe(sessionIn(anna.view(), session)?.request?.code)
    await cleo.party.verbs.approve({ session })
    await Promise.all([anna, cleo].map((who) => reaches(who, session, 'done')))
  })

  test('a co-signer that declines is heard with its reason', async () => {
    const { all, anna, ben, clock } = await makeTrio()
    const wallet = await makeWallet(all)
    const session = await ask([anna, ben], wallet, message('no'))
    await reaches(ben, session, 'approving')
    await ben.party.verbs.decline({ session, reason: 'too much' })
    expect(await failureOf(anna, session)).toMatchObject({ code: 'E_DECLINED', sentence: 'Ben declined: too much.', culprits: [{ name: 'Ben' }] })
    await expect(ben.party.verbs.approve({ session })).rejects.toMatchObject({ fault: 'caller' })
    await Promise.all(all.map((who) => who.party.close()))
    await clock.advance(30_000)
    expect(clock.waiting).toBe(0)
  })

  test('what cannot be asked for is refused before anybody hears of it', async () => {
    const { all, anna, ben } = await makeTrio()
    const wallet = await makeWallet(all)
    const [mine, bens] = [anna, ben].map((who) => the(who.view().wallets[0]).myIndex)
    const cases: readonly (readonly number[])[] = [[], [the(mine)], [1, 2, 3], [the(mine), the(mine)], [the(mine), 9], [1, 2, 3].filter((pid) => pid !== mine)]
    for (const signers of cases) {
      await expect(anna.party.verbs.requestSignature({ wallet, intent: message('x'), signers }), signers.join()).rejects.toMatchObject({ fault: 'caller' })
    }
    const signers = [the(mine), the(bens)]
    await expect(anna.party.verbs.requestSignature({ wallet: 'ff'.repeat(32), intent: message('x'), signers })).rejects.toMatchObject({ fault: 'caller' })
    await expect(anna.party.verbs.requestSignature({ wallet, intent: Uint8Array.of(0x84, 0), signers })).rejects.toMatchObject({ fault: 'caller' })
    expect(anna.view().sessions.filter(({ kind }) => kind === 'sign')).toEqual([])
    expect(ben.view().sessions.filter(({ kind }) => kind === 'sign')).toEqual([])
  })

  test('a request that the other side cannot read is declined with the reason', async () => {
    const { all, anna, restarted, ben } = await makeTrio()
    const wallet = await makeWallet(all)
    await ben.party.close()
    const strict = await restarted(ben, 'Ben', {
      interpret: () => { throw new InputError('intent', 'expected another version') },
    })
    const session = await ask([anna, strict], wallet, message('new format'))
    expect((await failureOf(anna, session)).sentence).toBe('Ben declined: this device cannot read the request: intent: expected another version.')
    await failureOf(strict, session)
    expect(sessionIn(strict.view(), session)?.request).toBeUndefined()
  })

  test('a request whose intent reads otherwise on the other side gives no signature', async () => {
    const { all, anna, restarted, ben, clock } = await makeTrio()
    const wallet = await makeWallet(all)
    await ben.party.close()
    const other = await restarted(ben, 'Ben', { interpret: (intent, keys) => interpretForTests(concat(intent, Uint8Array.of(1)), keys) })
    const session = await ask([anna, other], wallet, message('ambiguous'))
    await approve(other, session)
    for (const error of await failuresOf(clock, [anna, other], session)) expect(error.code).toBe('E_SID')
  })

  test('a request that ends while this device is still remembering it ends like any other: whoever asked reads why', async () => {
    const { all, anna, ben, clock } = await makeTrio()
    const wallet = await makeWallet(all)
    let goOn = (): void => undefined
    const slow = new Promise<void>((resolve) => { goOn = resolve })
    const write = anna.store.write.bind(anna.store)
    vi.spyOn(anna.store, 'write').mockImplementation(async (changes) => {
      if (changes.some(({ key }) => key.includes('used-instances'))) await slow
      await write(changes)
    })
    const asked = ask([anna, ben], wallet, message('too slow'))
    const asking = (who: Person) => who.view().sessions.find(({ kind }) => kind === 'sign')
    await turnUntil(clock, () => asking(ben) !== undefined)
    await ben.party.verbs.close({ session: the(asking(ben)).id })
    await turnUntil(clock, () => asking(anna)?.state.at === 'failed')
    goOn()
    const session = await asked
    expect(await failureOf(anna, session)).toMatchObject({ code: 'E_CANCELLED', culprits: [{ name: 'Ben' }] })
  })

  test('two requests at once, also in the same pair, both end', async () => {
    const { all, anna, ben, cleo } = await makeTrio()
    const wallet = await makeWallet(all)
    const sessions = await Promise.all([ask([anna, ben], wallet, message('one')), ask([anna, ben], wallet, message('two')), ask([ben, cleo], wallet, message('three'))])
    const pairs = [[anna, ben], [anna, ben], [ben, cleo]] as const
    await Promise.all(sessions.map((session, i) => approve(the(pairs[i])[1], session)))
    const signatures = await Promise.all(sessions.map(async (session, i) => {
      const [one, two] = await Promise.all(the(pairs[i]).map(async (who) => {
        const { state } = await reaches(who, session, 'done')
        return state.at === 'done' ? the(state.signatures?.[0]) : new Uint8Array()
      }))
      expect(one).toEqual(two)
      return the(one)
    }))
    for (const [i, text] of ['one', 'two', 'three'].entries()) {
      expect(ed25519.verify(the(signatures[i]), new TextEncoder().encode(text), keyOf(anna, 2))).toBe(true)
    }
  })

  test('a policy decides by itself, sees what it signs, and its no has the rule\'s name', async () => {
    const seen: SignRequest[] = []
    const trio = await makeTrio()
    const wallet = await makeWallet(trio.all)
    await trio.ben.party.close()
    const ben = await trio.restarted(trio.ben, 'Ben', {
      policy: {
        ...askPerson,
        sign: async (request) => {
          seen.push(request)
          return seen.length === 1 ? { answer: 'approve' } : { answer: 'decline', rule: 'daily', reason: 'enough for today' }
        },
      },
    })
    const first = await ask([trio.anna, ben], wallet, message('small'))
    await Promise.all([trio.anna, ben].map((who) => reaches(who, first, 'done')))
    const second = await ask([trio.anna, ben], wallet, message('large'))
    expect((await failureOf(trio.anna, second)).sentence).toBe('Ben declined: enough for today (rule daily).')
    expect(seen.map(({ interpretation, from }) => [interpretation.preview.sentence, from.name, from.me])).toEqual([['Sign 5 bytes', 'Anna', false], ['Sign 5 bytes', 'Anna', false]])
  })
})

describe('sessions of the server\'s own invention', () => {
  test('with the members of a wallet end by themselves, and ask nobody for anything', async () => {
    const { all, anna, ben, line, clock } = await makeTrio()
    await makeWallet(all)
    const room = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId
    let forged = false
    line.told = (event) => {
      if (event.kind !== 'presence' || forged) return event
      forged = true
      const parties = [anna, ben, all[2]].slice(1).map((who) => the(who.view().me).partyId)
      return {
        kind: 'session', joinToken: 'AAAAAAAAAAAAAAAAAAAAAA',
        session: {
          session_id: room, session_type: 'sign', status: 'waiting', threshold_t: 2, threshold_n: 2, coordinator: the(parties[0]), expires_at: new Date(clock.now() + 6e8).toISOString(),
          participants: parties.map((party, i) => ({ party_id: party, party_index: i + 1, status: i === 0 ? 'joined' as const : 'invited' as const, online: true })),
        },
      }
    }
    await anna.party.verbs.lock()
    const session = await all[2].until((view) => sessionIn(view, room))
    expect(session.state.at).toBe('connecting')
    await clock.advance(3_600_000)
    expect(sessionIn(all[2].view(), room)?.state.at).toBe('failed')
  })
})

describe('a request', () => {
  test('is answered once, also after a restart: its instance is remembered', async () => {
    const store = createMemoryStore()
    const party = 'a1'.repeat(32) as PartyId
    const vault = createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock: systemClock })
    const open = await vault.create(party, { cover: new Uint8Array(0) }, { kind: 'raw', key: VAULT_KEY })
    const used = await UsedInstances.open(open)
    const wallet = 'c3'.repeat(32)
    const instances = Array.from({ length: 300 }, () => randomBytes(32))
    await Promise.all(instances.map((instance) => used.spend(wallet, 1, instance)))
    await expect(used.spend(wallet, 1, the(instances[7]))).rejects.toMatchObject({ code: 'E_UNAUTHORIZED' })
    const again = await UsedInstances.open(await vault.unlock(party, { kind: 'raw', key: VAULT_KEY }))
    for (const instance of instances) expect(again.has(wallet, 1, instance)).toBe(true)
    expect(again.has(wallet, 2, the(instances[0]))).toBe(false)
    await again.spend(wallet, 1, randomBytes(32))
    await expect(again.spend(wallet, 1, the(instances[299]))).rejects.toMatchObject({ code: 'E_UNAUTHORIZED' })
    expect([...store.contents.keys()].filter((key) => key.includes('used-instances'))).toHaveLength(3)
    store.breakNextWrite('refused')
    const lost = randomBytes(32)
    await expect(again.spend(wallet, 1, lost)).rejects.toMatchObject({ code: 'E_STORAGE' })
    await expect(again.spend(wallet, 1, lost)).rejects.toMatchObject({ code: 'E_UNAUTHORIZED' })
  })

  test('whose answer cannot be stored is not answered', async () => {
    const { all, anna, ben, clock } = await makeTrio()
    const wallet = await makeWallet(all)
    const session = await ask([anna, ben], wallet, message('x'))
    await reaches(ben, session, 'approving')
    ben.store.breakNextWrite('refused')
    await expect(ben.party.verbs.approve({ session })).rejects.toMatchObject({ code: 'E_STORAGE' })
    const [error] = await failuresOf(clock, [anna], session)
    expect(error?.code).not.toBe('E_DECLINED')
    expect(sessionIn(anna.view(), session)?.state.at).toBe('failed')
  })
})
