/**
 * A party's outside without its inside, for tests of the REST door's shapes: views are set by the test, verbs are written down
 * and answered by the test. No protocol runs here; whole parties are tested with whole parties.
 */
import { createECDH, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import type { PartyVerbs, PartyView, PlaceView, SessionState, SessionView, WalletView } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'
import { keyIdOf } from '../key-id.ts'

type PartyId = NonNullable<PartyView['me']>['partyId']
type SessionId = SessionView['id']
type VerbName = keyof PartyVerbs

export const ACME = 'a1'.repeat(32) as PartyId
export const ANNA = 'b2'.repeat(32) as PartyId
export const BEN = 'c3'.repeat(32) as PartyId
export const SESSION = '3f2a6a1e-0d4b-4a55-9f0e-5d1f6f1b7c01' as SessionId
export const OTHER_SESSION = '3f2a6a1e-0d4b-4a55-9f0e-5d1f6f1b7c02' as SessionId
export const NOW = Date.parse('2026-11-20T12:00:00Z')

export interface ScriptedParty {
  readonly driven: DrivenParty
  /** Every verb called, in order. */
  readonly calls: readonly { readonly verb: VerbName; readonly options: unknown }[]
  show(view: PartyView): void
  /** What a verb does from now on; by default it throws. */
  answer<V extends VerbName>(verb: V, act: PartyVerbs[V]): void
}

export function scriptParty(): ScriptedParty {
  const listeners = new Set<(view: PartyView) => void>()
  const calls: { verb: VerbName; options: unknown }[] = []
  let newest: PartyView | undefined
  const unscripted = (verb: VerbName) => async (options?: unknown): Promise<never> => {
    calls.push({ verb, options })
    throw new Error(`the test does not say what ${verb} does`)
  }
  const verbs: PartyVerbs = {
    unlock: unscripted('unlock'), lock: unscripted('lock'), createWallet: unscripted('createWallet'), readLink: unscripted('readLink'),
    joinWallet: unscripted('joinWallet'), startKeygen: unscripted('startKeygen'), requestSignature: unscripted('requestSignature'),
    approve: unscripted('approve'), decline: unscripted('decline'), close: unscripted('close'), finishWallet: unscripted('finishWallet'),
    createInvitation: unscripted('createInvitation'),
  }
  return {
    driven: {
      verbs,
      subscribe(listener) {
        listeners.add(listener)
        if (newest !== undefined) listener(newest)
        return () => { listeners.delete(listener) }
      },
    },
    calls,
    show(view) {
      newest = view
      for (const listener of listeners) listener(view)
    },
    answer(verb, act) {
      const recorded = (options: never): unknown => {
        calls.push({ verb, options })
        return act(options)
      }
      Object.assign(verbs, { [verb]: recorded })
    },
  }
}

export interface TestWallet {
  readonly view: WalletView
  readonly ed25519KeyId: string
  readonly taprootKeyId: string
  /** Signs with the whole Ed25519 key, as the parties would together. */
  signText(text: string): Uint8Array
}

/** A 2-of-3 wallet with real group keys: Acme (the party itself, index 1), Anna (2), Ben (3, away). */
export function testWallet(changes: Partial<WalletView> = {}): TestWallet {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const taproot = createECDH('secp256k1')
  taproot.generateKeys()
  const keys = [
    { suite: 2 as const, groupKey: rawEd25519(publicKey), chainCode: new Uint8Array(32).fill(2) },
    { suite: 3 as const, groupKey: Uint8Array.from(taproot.getPublicKey(null, 'compressed')), chainCode: new Uint8Array(32).fill(3) },
  ] as const
  const view: WalletView = {
    id: 'd4'.repeat(32), name: 'Treasury', threshold: 2, createdAt: NOW, state: 'ready', epoch: 1, myIndex: 1, keys,
    parties: [
      { index: 1, partyId: ACME, name: 'Acme', role: 'enterprise', me: true, online: true },
      { index: 2, partyId: ANNA, name: 'Anna', role: 'mobile-app', me: false, online: true },
      { index: 3, partyId: BEN, name: 'Ben', role: 'mobile-app', me: false, online: false },
    ],
    ...changes,
  }
  return {
    view,
    ed25519KeyId: keyIdOf(keys[0]),
    taprootKeyId: keyIdOf(keys[1]),
    signText: (text) => Uint8Array.from(sign(null, Buffer.from(text), privateKey)),
  }
}

function rawEd25519(key: KeyObject): Uint8Array {
  return Uint8Array.from(key.export({ format: 'der', type: 'spki' }).subarray(-32))
}

export function unlocked(changes: Partial<PartyView> = {}): PartyView {
  return { connection: { state: 'connected' }, vaults: [], me: { partyId: ACME, name: 'Acme', build: 'test' }, wallets: [], sessions: [], ...changes }
}

export function keygenSession(state: SessionState, places: readonly PlaceView[], id: SessionId = SESSION): SessionView {
  return { id, kind: 'keygen', coordinator: true, wallet: { name: 'Treasury', threshold: 2, total: places.length }, state, places, steps: [], createdAt: NOW }
}

export const acmePlace: PlaceView = { place: 1, index: 1, partyId: ACME, name: 'Acme', role: 'enterprise', me: true, state: 'approved' }
export const annaPlace: PlaceView = { place: 2, index: 2, partyId: ANNA, name: 'Anna', role: 'mobile-app', me: false, state: 'approved' }
