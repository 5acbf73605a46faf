/** What the vault holds of the wallets, as the same reducer has it that every change went through. */
import { hexToBytes } from '@noble/hashes/utils.js'
import { Bug, MpcError, VaultError } from '@trivet/protocol/core'
import { decodeCertificate, reduceWallet, type WalletEpochs } from '@trivet/protocol/epoch'
import type { WalletId } from '../api.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { OpenVault } from '../vault/index.ts'
import { afterPreparing, KIND, NOTHING, wipeEntry, type Entry } from './entry.ts'
import { readMet } from './met.ts'
import { readRestored, type Restored } from './restored.ts'
import { readShareless, type SharelessWallet } from './shareless.ts'
import { readWallet, type Wallet } from './wallet.ts'

/** @throws {VaultError} E_DAMAGED */
export async function readEntries(vault: OpenVault, ed25519: Ed25519): Promise<Map<WalletId, Entry>> {
  const all = new Map<WalletId, Entry>()
  const identity = hexToBytes(vault.partyId)
  try {
    for (const shareless of await readShareless(vault, ed25519)) all.set(shareless.id, ofShareless(shareless, identity))
    for (const restored of await readRestored(vault, ed25519)) all.set(restored.wallet.id, ofRestored(restored, identity))
    // Ascending epoch: what counts comes before what waits.
    for (const { value } of await vault.readAll(KIND)) {
      try {
        const wallet = await readWallet(value, 'wallet record', ed25519)
        all.set(wallet.id, withRecord(all.get(wallet.id) ?? NOTHING, wallet))
      } finally {
        value.fill(0)
      }
    }
    for (const [id, met] of await readMet(vault, ed25519)) {
      const entry = all.get(id)
      if (entry !== undefined) all.set(id, { ...entry, met })
    }
    return all
  } catch (error) {
    for (const entry of all.values()) wipeEntry(entry)
    throw error instanceof VaultError || !(error instanceof MpcError) ? error : new VaultError('E_DAMAGED', `wallet record: ${error.message}`, { cause: error })
  }
}

function ofShareless(shareless: SharelessWallet, identity: Uint8Array): Entry {
  const { id, standing, roster, certificate } = shareless
  return { ...NOTHING, shareless, epochs: { ...NOTHING.epochs, shareless: { standing, walletId: id, roster, certificate, identity }, highest: roster.epoch } }
}

function ofRestored(restored: Restored, identity: Uint8Array): Entry {
  const { epoch, certificate } = restored.wallet
  if (certificate === undefined) throw new VaultError('E_DAMAGED', 'restored wallet: it was never finished')
  return { ...NOTHING, restored, epochs: reduceWallet(NOTHING.epochs, { kind: 'restored', epoch, certificate, identity }) }
}

function withRecord(before: Entry, wallet: Wallet): Entry {
  const waiting = afterPreparing(before, wallet)
  if (wallet.certificate === undefined) return waiting
  const epochs = certified(waiting.epochs, wallet.certificate)
  return { ...waiting, epochs }
}

/** It was checked when it was stored. */
function certified(epochs: WalletEpochs, certificate: Uint8Array): WalletEpochs {
  const after = reduceWallet(epochs, { kind: 'committed', certificate })
  if (after.active?.epoch.roster.epoch !== decodeCertificate(certificate).roster.epoch) throw new Bug('an epoch that counts and does not count')
  return after
}
