/** What the tests run inside Chromium; each function answers with plain values. */
import { systemClock } from '@trivet/party'
import { createVault, type MainKeySource, type Vault } from '@trivet/party/vault'
import { findProblems } from '../capabilities.ts'
import { partyLock } from '../party-lock.ts'
import { platformRng } from '../random.ts'
import { createIdbStore } from '../store-idb.ts'
import { platformCrypto, type NativeCrypto } from '../webcrypto.ts'

const store = createIdbStore(indexedDB, 'check')
const party = 'a1'.repeat(32) as Parameters<Vault['create']>[0]
const source: MainKeySource = { kind: 'passphrase', passphrase: 'correct horse battery staple' }
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

export const problems = () => findProblems(window)

export async function roundTrip() {
  await store.write([{ key: 'a/1', value: bytes(1) }, { key: 'a/2', value: bytes(2) }, { key: 'b/1', value: bytes(3) }])
  await store.write([{ key: 'a/1', value: undefined }, { key: 'a/2', value: bytes(4, 5, 6, 7).subarray(1, 3) }])
  const view = await store.get('a/2')
  return { keys: await store.keys('a/'), missing: await store.get('a/1') === undefined, value: [...(view ?? [])], buffer: view?.buffer.byteLength }
}

/** The second value cannot be cloned, since its buffer was given away. */
export async function halfBadWrite() {
  const gone = bytes(9)
  structuredClone(gone, { transfer: [gone.buffer] })
  const refused = await store.write([{ key: 'c/1', value: bytes(1) }, { key: 'c/2', value: gone }]).then(() => false, () => true)
  return { refused, keys: await store.keys('c/') }
}

/** The durability of every transaction that a write makes. */
export async function durabilities() {
  const seen: string[] = []
  const { transaction: original } = Object.getOwnPropertyDescriptors(IDBDatabase.prototype)
  Object.defineProperty(IDBDatabase.prototype, 'transaction', {
    ...original,
    value: function (this: IDBDatabase, ...args: Parameters<IDBDatabase['transaction']>) {
      const transaction = original.value?.apply(this, args)
      seen.push(transaction?.durability ?? 'none')
      return transaction
    },
  })
  await store.write([{ key: 'd/1', value: bytes(1) }])
  Object.defineProperty(IDBDatabase.prototype, 'transaction', original)
  return seen
}

/** Another tab deletes the database while this one has it open; the next use must not fail. */
export async function useAfterDelete() {
  await store.write([{ key: 'e/1', value: bytes(1) }])
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('check')
    request.onsuccess = resolve
    request.onerror = reject
  })
  return store.keys('')
}

export async function makeVault() {
  const { subtle } = await platformCrypto(crypto)
  const open = await createVault({ store, subtle, rng: platformRng(crypto), clock: systemClock }).create(party, { cover: bytes(1) }, source)
  await open.write([{ kind: 'key-share', id: 'w', epoch: 1, value: bytes(42) }])
}

export async function readVault(passphrase: string) {
  const { subtle } = await platformCrypto(crypto)
  const open = await createVault({ store, subtle, rng: platformRng(crypto), clock: systemClock }).unlock(party, { kind: 'passphrase', passphrase })
  return [...(await open.read('key-share', 'w', 1)) ?? []]
}

/** Seals and opens through a WebCrypto that lacks what is named; `wiped` tells whether a key survives the wiping of its bytes. */
export async function sealLacking(...lacking: string[]) {
  const { subtle, standIn, ed25519 } = await platformCrypto(cryptoLacking(lacking))
  const params = { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: Uint8Array.of(1, 2), tagLength: 128 } as const
  const keyBytes = new Uint8Array(32).fill(7)
  const key = await subtle.importKey('raw', keyBytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
  keyBytes.fill(0)
  const sealed = new Uint8Array(await subtle.encrypt(params, key, Uint8Array.of(1, 2, 3)))
  const nativeKey = await crypto.subtle.importKey('raw', new Uint8Array(32).fill(7), 'AES-GCM', false, ['decrypt'])
  const opened = [...new Uint8Array(await crypto.subtle.decrypt(params, nativeKey, sealed))]
  sealed[0] = (sealed[0] ?? 0) ^ 1
  const refusal = await subtle.decrypt(params, key, sealed).then(() => 'opened', (error: unknown) => (error instanceof Error ? error.name : 'unknown'))
  return { standIn, ed25519, opened, refusal }
}

/** The native implementation, except that each method refuses the algorithms named, as a browser without them would. */
function cryptoLacking(lacking: readonly string[]): NativeCrypto {
  const missing = (algorithm: AlgorithmIdentifier): boolean => lacking.includes(typeof algorithm === 'string' ? algorithm : algorithm.name)
  const subtle = new Proxy(crypto.subtle, {
    get: (native, name) => (...args: unknown[]) => {
      if (args.some((arg) => isAlgorithm(arg) && missing(arg))) return Promise.reject(new DOMException('hidden', 'NotSupportedError'))
      const method: unknown = Reflect.get(native, name)
      return typeof method === 'function' ? Reflect.apply(method, native, args) as unknown : method
    },
  })
  return { subtle, getRandomValues: (array) => crypto.getRandomValues(array) }
}

function isAlgorithm(value: unknown): value is AlgorithmIdentifier {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string')
}

const taken: string[] = []
let giveBack: (() => void) | undefined

/** As one tab does it; `lost` is told of in `takenOver`. @returns whether this tab has the party now */
export async function takeParty(takeOver: boolean) {
  giveBack = await partyLock(navigator.locks).acquire(party, { takeOver }, () => { taken.push('lost') })
  return giveBack !== undefined
}

export function giveParty() {
  giveBack?.()
}

export const takenOver = () => taken
