/** What three people do with their devices, and how it may end. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import type { ErrorView, SessionView, WalletView } from '@trivet/party'
import { createMemoryStore, type MemoryStore } from '@trivet/party/testing'
import type { Store } from '@trivet/party/vault'
import { concat, type SuiteId } from '@trivet/protocol/core'
import { pick } from '@trivet/protocol/testing'
import { attend, World, type Device } from './world.ts'

export const NAMES = ['Anna', 'Ben', 'Cleo'] as const
/** Longer than anything waits for anybody. */
export const HUNG_AFTER_MS = 20 * 60_000
/** Nobody lies in a storm, so nobody may be said to have cheated; to be silent is no crime, and to stop is none. */
const HARMLESS = ['E_TIMEOUT', 'E_TRANSPORT', 'E_CANCELLED', 'E_DECLINED', 'E_WORDS']

/** What three devices hold after a key generation in calm weather: made once for all runs of a thread. */
let calm: Promise<readonly MemoryStore[]> | undefined

async function makeStores(): Promise<readonly MemoryStore[]> {
  const world = new World({ seed: 'three devices' })
  const stores = NAMES.map(() => createMemoryStore())
  const devices = await switchOnAll(world, stores)
  const session = await meet(world, devices)
  if (!await world.time.until(() => devices.every((device) => stateOf(device, session)?.at === 'done'), HUNG_AFTER_MS)) throw new Error('no wallet in calm weather')
  await switchOffAll(world, devices)
  return stores
}

/** Three devices that hold a wallet, each with copies of its own. */
export async function threeStores(): Promise<readonly MemoryStore[]> {
  return (await (calm ??= makeStores())).map(({ contents }) => {
    const store = createMemoryStore()
    for (const [key, value] of contents) store.contents.set(key, value.slice())
    return store
  })
}

/** Their people are there, and answer what they are asked. */
export async function switchOnAll(world: World, stores: readonly Store[]): Promise<readonly Device[]> {
  const devices: Device[] = []
  for (const [i, store] of stores.entries()) devices.push(await world.switchOn(NAMES[i] ?? '', store))
  for (const device of devices) attend(device)
  return devices
}

export async function switchOffAll(world: World, devices: readonly Device[]): Promise<void> {
  for (const { party } of devices) await world.wait(party.close())
}

/** Everybody comes to one lobby. @returns the session */
export async function meet(world: World, [first, ...others]: readonly Device[]): Promise<string> {
  if (first === undefined) throw new Error('nobody')
  const { session } = await persistently(world, () => first.party.verbs.createWallet({
    name: 'Savings', threshold: 2, places: others.map(() => ({ kind: 'link' as const })), pageUrl: 'https://wallet.example/',
  }))
  const links = sessionOf(first, session)?.places.flatMap(({ link }) => link ?? []) ?? []
  for (const [i, other] of others.entries()) await persistently(world, () => other.party.verbs.joinWallet({ link: links[i] ?? '' }))
  return session
}

/** What a person does where a click was answered by "try again". */
async function persistently<T>(world: World, act: () => Promise<T>): Promise<T> {
  for (let left = 5; ; left--) {
    try {
      return await world.wait(act())
    } catch (error) {
      if (left === 0) throw error
    }
  }
}

/** A signature that two devices were asked for. */
export interface Asked {
  readonly session: string
  /** Who asked, first. */
  readonly signers: readonly [Device, Device]
  readonly suite: SuiteId
  readonly message: Uint8Array
}

/** One of the devices asks for a signature by it and another one. */
export async function askForOne(world: World, devices: readonly Device[], suites: readonly SuiteId[] = [1, 2, 3]): Promise<Asked> {
  const { rng } = world
  const [asker, other] = shuffled(rng, devices)
  if (asker === undefined || other === undefined) throw new Error('nobody')
  const [suite, message] = [suites[pick(rng, suites.length)] ?? 2, rng(32)]
  const { session } = await persistently(world, () => asker.party.verbs.requestSignature({
    wallet: walletOf(asker).id, intent: concat(Uint8Array.of(suite), message), signers: [asker, other].map((device) => walletOf(device).myIndex),
  }))
  return { session, signers: [asker, other], suite, message }
}

/** @returns what is wrong with what the devices came to believe: a signature that does not hold, or blame of somebody who did nothing */
export function wrongsOf({ session, signers, suite, message }: Asked): { readonly wrong: string | undefined; readonly blamed: boolean } {
  const states = signers.map((device) => stateOf(device, session))
  const groupKey = walletOf(signers[0]).keys.find((key) => key.suite === suite)?.groupKey ?? new Uint8Array()
  const signatures = states.flatMap((state) => (state?.at === 'done' ? state.signatures ?? [] : []))
  if (signatures.some((signature) => !verifies(suite, groupKey, message, signature))) return { wrong: 'a signature that does not verify', blamed: false }
  return blameIn(states)
}

/** @returns the first accusation of an honest device */
export function blameIn(states: readonly (SessionView['state'] | undefined)[]): { readonly wrong: string | undefined; readonly blamed: boolean } {
  const errors: readonly ErrorView[] = states.flatMap((state) => (state?.at === 'failed' ? [state.error] : []))
  const accusation = errors.find(({ code, culprits }) => code === 'E_BUG' || (culprits.length > 0 && code !== 'E_INTERCEPTED' && !HARMLESS.includes(code)))
  return { wrong: accusation === undefined ? undefined : `an accusation: ${accusation.details}`, blamed: accusation !== undefined }
}

/** Whether the devices can sign as before, with what they have stored, where nothing stands in their way. */
export async function isWellAfterwards(devices: readonly Device[], name: string): Promise<boolean> {
  const world = new World({ seed: `${name} afterwards` })
  const again = await switchOnAll(world, devices.map(({ store }) => store))
  // Of ECDSA a pair may have to be set up anew after a power loss: that is as it must be.
  const asked = await askForOne(world, again, [2, 3])
  const isDone = await world.time.until(() => asked.signers.every((device) => stateOf(device, asked.session)?.at === 'done'), HUNG_AFTER_MS)
  const { wrong } = wrongsOf(asked)
  await switchOffAll(world, again)
  return isDone && wrong === undefined
}

function sessionOf(device: Device, session: string): SessionView | undefined {
  return device.view().sessions.find(({ id }) => id === session)
}

export function stateOf(device: Device, session: string): SessionView['state'] | undefined {
  return sessionOf(device, session)?.state
}

/** A device that never heard of it has nothing to finish. */
export function isFinal(state: SessionView['state'] | undefined): boolean {
  return state === undefined || state.at === 'done' || state.at === 'failed'
}

export function walletOf(device: Device): WalletView {
  const [wallet] = device.view().wallets
  if (wallet === undefined) throw new Error(`${device.name} has no wallet`)
  return wallet
}

export function shuffled<T>(rng: (size: number) => Uint8Array, list: readonly T[]): readonly T[] {
  const left = [...list]
  return list.flatMap(() => left.splice(pick(rng, left.length), 1))
}

function verifies(suite: SuiteId, groupKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (suite === 2) return ed25519.verify(signature, message, groupKey)
  if (suite === 3) return schnorr.verify(signature, message, groupKey.subarray(1))
  return secp256k1.verify(signature.subarray(0, 64), message, groupKey, { prehash: false })
}
