import { describe, expect, it, onTestFinished } from 'vitest'
import { Blame, Bug, Disagreement, InputError, Malformed, Refused, TransportError, VaultError } from '@trivet/protocol/core'
import { isPartyId, isSessionId } from '@trivet/signalling/wire'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { PartyVerbs } from '../api.ts'
import type { PartyView } from '../views.ts'
import { flattenError, reviveError, remoteParty, serveParty } from './index.ts'
import type { DrivenParty } from './index.ts'
import { portPair } from './port-pair.fixture.ts'

describe('an error that crosses a port', () => {
  it.each([
    new InputError('threshold', 'expected 2, got 1', 'E_CONFIG'),
    new Blame('E_POP', 'a proof does not verify', { culprits: [2, 3], evidence: [{ suite: 2, type: 0x12, from: 2 }] }),
    new Disagreement('E_ECHO', 'not all heard the same'),
    new Malformed('E_LEN', 'expected 5 bytes, got 4', { culprits: [1] }),
    new TransportError('E_TIMEOUT', 'nothing for 30 s', { culprits: [3] }),
    new Refused('E_DECLINED', 'anna said no'),
    new VaultError('E_PASSPHRASE', 'wrong passphrase'),
    new Bug('this cannot be'),
  ])('stays what it was: %s', (error) => {
    const revived = reviveError(structuredClone(flattenError(error)))
    expect(revived).toBeInstanceOf(error.constructor)
    const { code, message, culprits, evidence, fault } = error
    expect(revived).toMatchObject({ code, message, culprits, evidence, fault })
    expect(revived instanceof InputError ? revived.field : undefined).toBe(error instanceof InputError ? error.field : undefined)
  })

  it('is our own mistake if it is none of ours', () => {
    expect(reviveError(flattenError(new RangeError('out of range')))).toMatchObject({ code: 'E_BUG', message: 'unexpected: out of range' })
    expect(reviveError(flattenError('text'))).toMatchObject({ code: 'E_BUG' })
  })
})

describe('a party in a worker', () => {
  const view = (name: string): PartyView => ({
    connection: { state: 'idle' }, vaults: [], wallets: [], sessions: [], known: [], me: { partyId: partyId(), name, build: 'b' },
  })

  function served(
    verbs: Partial<PartyVerbs>, subscribe: DrivenParty['subscribe'] = () => () => undefined, pace?: (tell: () => void) => void,
  ): ReturnType<typeof remoteParty> {
    const [here, there] = portPair()
    const missing = (): Promise<never> => Promise.reject(new Bug('not used by this test'))
    onTestFinished(serveParty(there, {
      verbs: {
        unlock: missing, lock: missing, changePassphrase: missing, addPasskey: missing, removePasskey: missing, makeBackup: missing,
        proveBackup: missing, readBackup: missing, restoreBackup: missing, createWallet: missing, readLink: missing, joinWallet: missing,
        startKeygen: missing, compareWords: missing, forgetKnown: missing, addAccount: missing, labelAccount: missing, requestSignature: missing,
        repairPair: missing, approve: missing, decline: missing, close: missing, finishWallet: missing, createInvitation: missing,
        changeWallet: missing, forgetWallet: missing, readImport: missing, giveShare: missing, requestExport: missing, takeExport: missing,
        cancelExport: missing, collectExport: missing, ...verbs,
      }, subscribe,
    }))
    const remote = remoteParty(here, pace)
    onTestFinished(() => remote.close())
    return remote
  }

  it('is driven by its verbs, and answers', async () => {
    const { verbs } = served({ createInvitation: async ({ expiresInSeconds }) => ({ invitation: `for ${expiresInSeconds}` }) })
    await expect(verbs.createInvitation({ expiresInSeconds: 600 })).resolves.toEqual({ invitation: 'for 600' })
  })

  it('refuses with the same kind of error', async () => {
    const { verbs } = served({ unlock: () => Promise.reject(new VaultError('E_PASSPHRASE', 'wrong passphrase')) })
    await expect(verbs.unlock({ partyId: partyId(), passphrase: 'x' })).rejects.toThrow(VaultError)
  })

  it('answers calls in the order they end', async () => {
    let release: () => void = () => undefined
    const { verbs } = served({
      lock: () => new Promise<void>((resolve) => { release = resolve }),
      approve: async () => release(),
    })
    const order: string[] = []
    const first = verbs.lock().then(() => order.push('lock'))
    await verbs.decline({ session: sessionId(), reason: '' }).catch(() => order.push('decline'))
    await verbs.approve({ session: sessionId() })
    await first
    expect(order).toEqual(['decline', 'lock'])
  })

  it('shows its latest view to whoever subscribes, and every later one', async () => {
    let show: (view: PartyView) => void = () => undefined
    const remote = served({}, (listener) => {
      show = listener
      listener(view('first'))
      return () => undefined
    })
    const names = new Promise<string[]>((resolve) => {
      const seen: string[] = []
      remote.subscribe((latest) => {
        seen.push(latest.me?.name ?? '')
        if (seen.length === 1) show(view('second'))
        else resolve(seen)
      })
    })
    await expect(names).resolves.toEqual(['first', 'second'])
    const late: string[] = []
    remote.subscribe((latest) => late.push(latest.me?.name ?? ''))
    expect(late).toEqual(['second'])
  })

  it('shows only the last of the views that come before it may show one', async () => {
    let [tell, show, paced]: [() => void, (view: PartyView) => void, number] = [() => undefined, () => undefined, 0]
    const subscribe = (listener: typeof show): (() => void) => {
      show = listener
      return () => undefined
    }
    const remote = served({ lock: async () => undefined }, subscribe, (now) => {
      paced += 1
      tell = now
    })
    const seen: string[] = []
    remote.subscribe((latest) => seen.push(latest.me?.name ?? ''))
    for (const name of ['first', 'second', 'third']) show(view(name))
    // Whatever was sent before an answer has come when the answer has.
    await remote.verbs.lock()
    expect([seen, paced]).toEqual([['third'], 1])
    tell()
    expect(seen).toEqual(['third'])
    show(view('fourth'))
    await expect.poll(() => paced).toBe(2)
    tell()
    expect(seen).toEqual(['third', 'fourth'])
  })

  it('fails what was asked and not answered when the port is let go', async () => {
    const remote = served({ lock: () => new Promise(() => undefined) })
    const asked = remote.verbs.lock()
    remote.close()
    await expect(asked).rejects.toThrow(TransportError)
    await expect(remote.verbs.lock()).rejects.toThrow('the other thread is gone')
  })
})

function partyId(): PartyId {
  const id = 'a'.repeat(64)
  if (!isPartyId(id)) throw new Bug('no party id')
  return id
}

function sessionId(): SessionId {
  const id = '00000000-0000-4000-8000-000000000000'
  if (!isSessionId(id)) throw new Bug('no session id')
  return id
}
