/**
 * A party's outside without its inside, for tests of the REST door's shapes: views are set by the test, verbs are written down
 * and answered by the test. No protocol runs here; whole parties are tested with whole parties.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { interpret } from '@trivet/chains'
import type { PartyVerbs, PartyView, PlaceView, SessionState, SessionView, WalletView } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'
import { deriveKey } from '@trivet/protocol/derive'
import { bytesToHex, groupKeysOf, keyIdOf } from '../key-id.ts'

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
    joinWallet: unscripted('joinWallet'), startKeygen: unscripted('startKeygen'), requestSignature: unscripted('requestSignature'), repairPair: unscripted('repairPair'),
    approve: unscripted('approve'), decline: unscripted('decline'), close: unscripted('close'), finishWallet: unscripted('finishWallet'),
    requestExport: unscripted('requestExport'), takeExport: unscripted('takeExport'), cancelExport: unscripted('cancelExport'), collectExport: unscripted('collectExport'),
    changeWallet: unscripted('changeWallet'), forgetWallet: unscripted('forgetWallet'), readImport: unscripted('readImport'), giveShare: unscripted('giveShare'),
    addAccount: unscripted('addAccount'), labelAccount: unscripted('labelAccount'),
    createInvitation: unscripted('createInvitation'), compareWords: unscripted('compareWords'), forgetKnown: unscripted('forgetKnown'),
    changePassphrase: unscripted('changePassphrase'), addPasskey: unscripted('addPasskey'), removePasskey: unscripted('removePasskey'),
    makeBackup: unscripted('makeBackup'), proveBackup: unscripted('proveBackup'), readBackup: unscripted('readBackup'), restoreBackup: unscripted('restoreBackup'),
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
  readonly ecdsaKeyId: string
  readonly ed25519KeyId: string
  readonly taprootKeyId: string
  /** Compressed, 33 bytes. */
  readonly ecdsaKey: Uint8Array
  /** Compressed, 33 bytes. */
  readonly taprootKey: Uint8Array
  /** Signs with the whole key of the protocol, as the parties would together: for each message of the intent one signature. */
  sign(intent: Uint8Array): Uint8Array[]
}

/** A 2-of-3 wallet with real group keys: Acme (the party itself, index 1), Anna (2), Ben (3, away). */
export function testWallet(changes: Partial<WalletView> = {}): TestWallet {
  const ecdsa = secp256k1.keygen()
  const eddsa = ed25519.keygen()
  const taproot = secp256k1.keygen()
  const keys = [
    { suite: 1 as const, groupKey: ecdsa.publicKey, chainCode: new Uint8Array(32).fill(1) },
    { suite: 2 as const, groupKey: eddsa.publicKey, chainCode: new Uint8Array(32).fill(2) },
    { suite: 3 as const, groupKey: taproot.publicKey, chainCode: new Uint8Array(32).fill(3) },
  ] as const
  const view: WalletView = {
    id: 'd4'.repeat(32), name: 'Treasury', threshold: 2, createdAt: NOW, sharesMadeAt: NOW, state: 'ready', origin: 'made', firstPath: [],
    epoch: 1, myIndex: 1, keys, accounts: [], exports: [], stock: [],
    parties: [
      { index: 1, partyId: ACME, name: 'Acme', role: 'enterprise', me: true, online: true },
      { index: 2, partyId: ANNA, name: 'Anna', role: 'mobile-app', me: false, online: true, pairing: { state: 'ready', bans: 0 } },
      { index: 3, partyId: BEN, name: 'Ben', role: 'mobile-app', me: false, online: false, pairing: { state: 'ready', bans: 0 } },
    ],
    ...changes,
  }
  return {
    view,
    ecdsaKeyId: keyIdOf(keys[0]),
    ed25519KeyId: keyIdOf(keys[1]),
    taprootKeyId: keyIdOf(keys[2]),
    ecdsaKey: ecdsa.publicKey,
    taprootKey: taproot.publicKey,
    sign(intent) {
      const { suite, path, messages } = interpret(intent, groupKeysOf(view))
      return messages.map((message) => {
        if (suite === 1) return signEcdsa(message, childSecret(ecdsa, keys[0].chainCode, path))
        return suite === 2 ? ed25519.sign(message, eddsa.secretKey) : schnorr.sign(message, taprootSecret(taproot))
      })
    },
  }
}

interface KeyPair {
  readonly secretKey: Uint8Array
  readonly publicKey: Uint8Array
}

const { Fn } = secp256k1.Point

/** r ‖ s ‖ recovery id, as a party gives it. */
function signEcdsa(digest: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const [recoveryId = 0, ...rs] = secp256k1.sign(digest, secretKey, { prehash: false, format: 'recovered' })
  return Uint8Array.of(...rs, recoveryId)
}

function childSecret({ secretKey, publicKey }: KeyPair, chainCode: Uint8Array, path: readonly number[]): Uint8Array {
  return Fn.toBytes(Fn.add(Fn.fromBytes(secretKey), deriveKey({ suite: 1, groupKey: publicKey, chainCode }, path).tweak))
}

/** Of the output key: BIP-341, without a script tree. */
function taprootSecret({ secretKey, publicKey }: KeyPair): Uint8Array {
  const scalar = Fn.fromBytes(secretKey)
  const even = publicKey[0] === 2 ? scalar : Fn.neg(scalar)
  return Fn.toBytes(Fn.add(even, Fn.create(BigInt(`0x${bytesToHex(schnorr.utils.taggedHash('TapTweak', publicKey.subarray(1)))}`))))
}

export function unlocked(changes: Partial<PartyView> = {}): PartyView {
  return { connection: { state: 'connected' }, vaults: [], me: { partyId: ACME, name: 'Acme', build: 'test' }, known: [], wallets: [], sessions: [], ...changes }
}

export function keygenSession(state: SessionState, places: readonly PlaceView[], id: SessionId = SESSION): SessionView {
  return { id, kind: 'keygen', coordinator: true, wallet: { name: 'Treasury', threshold: 2, total: places.length }, state, places, steps: [], createdAt: NOW }
}

export const acmePlace: PlaceView = { place: 1, index: 1, partyId: ACME, name: 'Acme', role: 'enterprise', me: true, state: 'approved' }
export const annaPlace: PlaceView = { place: 2, index: 2, partyId: ANNA, name: 'Anna', role: 'mobile-app', me: false, state: 'approved' }
