/** Exports as people do them: for tests. */
import type { SuiteId } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import type { ExportedKey } from '../api.ts'
import type { PendingExportView, WalletView } from '../views.ts'
import { approve } from './pairs.ts'
import { reaches, the, type Person } from './people.ts'

export const HOUR_MS = 3_600_000

/** The only wallet. */
export function walletOf(who: Person): WalletView {
  return the(who.view().wallets[0])
}

export function pendingOf(who: Person): readonly PendingExportView[] {
  return walletOf(who).exports
}

/** The first of these asks the others for the announcement. */
export async function askAnnounce(people: readonly Person[], suite: SuiteId): Promise<SessionId> {
  const wallet = walletOf(the(people[0]))
  return (await the(people[0]).party.verbs.requestExport({ wallet: wallet.id, suite, signers: people.map((who) => walletOf(who).myIndex) })).session
}

export async function askTake(who: Person, suite: SuiteId): Promise<SessionId> {
  return (await who.party.verbs.takeExport({ wallet: walletOf(who).id, suite })).session
}

/** Everybody but the first says yes; all come to the end. */
export async function agree([first, ...others]: readonly Person[], session: SessionId): Promise<void> {
  for (const other of others) await approve(other, session)
  for (const who of [the(first), ...others]) await reaches(who, session, 'done')
}

export async function announce(people: readonly Person[], suite: SuiteId): Promise<void> {
  await agree(people, await askAnnounce(people, suite))
}

/** The delay is over; all agree again. @returns the key */
export async function take(people: readonly Person[], suite: SuiteId): Promise<ExportedKey> {
  const session = await askTake(the(people[0]), suite)
  await agree(people, session)
  return the(people[0]).party.verbs.collectExport({ session })
}
