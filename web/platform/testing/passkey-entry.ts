/** What the tests of passkeys run inside Chromium, before an authenticator that Chromium plays; each function answers with plain values. */
import { systemClock } from '@trivet/party'
import { createVault, type Vault } from '@trivet/party/vault'
import { createPasskeys, PasskeyError, type StoredPasskey } from '../passkey.ts'
import { platformRng } from '../random.ts'
import { createIdbStore } from '../store-idb.ts'
import { platformCrypto } from '../webcrypto.ts'

const rng = platformRng(crypto)
const passkeys = createPasskeys(window, rng)
const party = 'a1'.repeat(32) as Parameters<Vault['create']>[0]
const made: StoredPasskey[] = []
const secrets: string[] = []

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const reasonOf = (error: unknown): string => (error instanceof PasskeyError ? error.reason : `unexpected: ${String(error)}`)

export const available = () => passkeys.available()

/** @returns why not, or the lengths of what was made */
export async function make(label: string) {
  try {
    const { secret, ...passkey } = await passkeys.make({ label, existing: made })
    made.push(passkey)
    secrets.push(hex(secret))
    return { salt: passkey.salt.length, secret: secret.length, kept: secrets.length }
  } catch (error) {
    return reasonOf(error)
  }
}

/** @returns why not, or which one answered and whether it computed what it computed when it was made */
export async function open() {
  try {
    const { credential, secret } = await passkeys.open(made)
    const which = made.findIndex((passkey) => hex(passkey.credential) === hex(credential))
    return { which, same: secrets[which] === hex(secret) }
  } catch (error) {
    return reasonOf(error)
  }
}

/** Another salt for the same passkey. @returns whether the secret is another one too */
export async function openWithOtherSalt() {
  const [first] = made
  if (first === undefined) return undefined
  const { secret } = await passkeys.open([{ ...first, salt: rng(32) }])
  return secret.length === 32 && secrets[0] !== hex(secret)
}

export async function disownFirst() {
  const [first] = made
  if (first !== undefined) await passkeys.disown(first.credential)
}

const PASSPHRASE = 'correct horse battery staple'

async function openVaults() {
  const { subtle } = await platformCrypto(crypto)
  return createVault({ store: createIdbStore(indexedDB, 'passkeys'), subtle, rng, clock: systemClock })
}

/** A vault that opens with a passphrase and with a passkey that is made for it. */
export async function makeVault() {
  const vaults = await openVaults()
  const open = await vaults.create(party, { cover: Uint8Array.of(1) }, { kind: 'passphrase', passphrase: PASSPHRASE })
  await open.write([{ kind: 'key-share', id: 'w', epoch: 1, value: Uint8Array.of(42) }])
  open.lock()
  await vaults.addPasskey(party, { kind: 'passphrase', passphrase: PASSPHRASE }, await passkeys.make({ label: 'Key', existing: [] }))
}

/** @returns what is in it, or why it does not open */
export async function readVault(by: 'passphrase' | 'passkey') {
  try {
    const vaults = await openVaults()
    const [entry] = await vaults.list()
    const source = by === 'passphrase'
      ? { kind: by, passphrase: PASSPHRASE } as const
      : { kind: by, ...await passkeys.open(entry?.passkeys ?? []) } as const
    return [...(await (await vaults.unlock(party, source)).read('key-share', 'w', 1)) ?? []]
  } catch (error) {
    return reasonOf(error)
  }
}
