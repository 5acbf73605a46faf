/** Signed requests about the export of a key: announced, asked for once the delay is over, or taken back. Source: `protocol.md` §F.3. */
import {
  decodeEnvelope, decodeExportProposal, decodeInvitation, encodeExportProposal, INVITE, InputError, Refused, Run,
  type Ceremony, type Envelope, type ExportProposal, type KeyShare, type MpcError, type Pid, type SuiteId,
} from '@trivet/protocol/core'
import { exportContext, exportKey, exportVocabulary, note, noteContext, noteVocabulary, type Exported } from '@trivet/protocol/export'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import { announcedAlready } from '../export/exports.ts'
import { earliestAt } from '../export/announcement.ts'
import type { ExportSessionView } from '../views.ts'
import type { ExportRequest } from '../policy.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { SessionDeps } from './deps.ts'
import type { Prepared } from './running.ts'
import { devicesChanged } from './live-session.ts'
import { nameOf } from './member.ts'
import { badRequest, openRequest, sealRequest } from './request-envelope.ts'
import { areExactly, mustMaySign, signersOf } from './sign-request.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** `announce` and `export` are approved by people; `withdraw` ends what is announced, and asks nobody. */
export type ExportStep = Extract<Ceremony, 'announce' | 'export' | 'withdraw'>

export interface ExportInvitation {
  readonly step: ExportStep
  readonly wallet: Wallet
  /** Of the key. */
  readonly share: KeyShare
  readonly requester: Pid
  readonly proposal: ExportProposal
  readonly instance: Uint8Array
  readonly expiresAt: number
  readonly envelope: Envelope
}

type Deps = Pick<SessionDeps, 'exports' | 'clock' | 'wallets'>

/** @throws {InputError} naming what it lacks */
export function checkExport(wallet: Wallet, suite: SuiteId, signers: readonly Pid[]): KeyShare {
  const share = wallet.epoch.keys.find((key) => key.suite === suite)
  const { threshold } = wallet.epoch.roster
  if (wallet.certificate === undefined) throw new InputError('wallet', 'its making was not confirmed by everybody yet')
  if (share === undefined) throw new InputError('suite', 'this wallet has no such key')
  const members = signersOf(wallet, signers)
  if (new Set(signers).size !== signers.length || signers.length < threshold) {
    throw new InputError('signers', `expected at least ${threshold} different devices, got ${signers.length}`, 'E_QUORUM')
  }
  if (members.length !== signers.length) throw new InputError('signers', 'not all of them hold this wallet', 'E_CONFIG')
  if (!signers.includes(share.pid)) throw new InputError('signers', 'this device has to be one of them', 'E_CONFIG')
  mustMaySign(members)
  return share
}

export interface ExportDraft {
  readonly step: ExportStep
  readonly wallet: Wallet
  readonly suite: SuiteId
  readonly proposal: Omit<ExportProposal, 'keyId'>
  readonly room: SessionId
  readonly expiresAt: number
}

/** @throws {InputError} */
export async function makeExportRequest({ step, wallet, suite, proposal: draft, room, expiresAt }: ExportDraft, deps: Pick<SessionDeps, 'identity' | 'rng'>): Promise<ExportInvitation> {
  const share = checkExport(wallet, suite, draft.signers)
  const proposal = { ...draft, keyId: share.keyId }
  const envelope = await sealRequest({ ceremony: step, wallet, share, payload: encodeExportProposal(proposal), room, expiresAt }, deps)
  return { step, wallet, share, requester: share.pid, proposal, instance: envelope.header.instance, expiresAt, envelope }
}

/**
 * @param expected.from whose channel it came through
 * @param expected.participants of the meeting
 * @throws {Malformed} a request that cannot be meant for this party
 */
export async function readExportRequest(
  bytes: Uint8Array, expected: { readonly room: SessionId; readonly from: PartyId; readonly participants: readonly PartyId[] },
  deps: Pick<SessionDeps, 'wallets' | 'ed25519' | 'clock'>,
): Promise<ExportInvitation> {
  const { ceremony: step } = decodeInvitation(decodeEnvelope(bytes).body)
  if (step !== 'announce' && step !== 'export' && step !== 'withdraw') throw badRequest('export', 'it is for something else')
  const opened = await openRequest(bytes, { ...expected, ceremony: step, decode: decodeExportProposal }, deps)
  const { wallet, share, requester, proposal, instance } = opened
  if (!areExactly(expected.participants, wallet, proposal.signers)) throw badRequest(step, 'it names other devices than this meeting has')
  if (step !== 'withdraw' && requester !== proposal.exporter) throw badRequest(step, 'who asks is not who gets the key')
  checkExport(wallet, share.suite, proposal.signers)
  if (deps.wallets.used.has(wallet.id, wallet.epoch.roster.epoch, instance)) throw badRequest(step, 'it was answered before')
  return { ...opened, step }
}

/**
 * Whether this device may say yes now: its own record and its own clock decide, whatever the others say (`protocol.md` §F.3).
 * @returns why not
 */
export function objection({ step, wallet, share, proposal }: Pick<ExportInvitation, 'step' | 'wallet' | 'share' | 'proposal'>, { exports, clock, wallets }: Deps): MpcError | undefined {
  const now = clock.now()
  const { epoch } = wallet.epoch.roster
  if (step === 'withdraw') return undefined
  if (!isCurrent(wallet, wallets)) return devicesChanged()
  if (step === 'announce') {
    return exports.pending(wallet.id, epoch, now).some(({ suite }) => suite === share.suite) ? announcedAlready() : undefined
  }
  const pending = exports.find(wallet.id, epoch, proposal, now)
  if (pending === undefined) return new Refused('E_INPUT', 'this device knows of no such announcement: it was cancelled, is too old, or was never made')
  const left = earliestAt(pending) - now
  return left > 0 ? new Refused('E_INPUT', `it is too early: this device waits ${timeLeft(left)} more`) : undefined
}

/** Whether these are the shares that count still. */
function isCurrent({ id, epoch: { roster } }: Wallet, wallets: Deps['wallets']): boolean {
  return wallets.list().some((wallet) => wallet.id === id && wallet.certificate !== undefined && wallet.epoch.roster.epoch === roster.epoch)
}

/** What an export comes to: at who gets the key, the key. */
export type Taken = Pick<Exported, 'secret'>

/** What runs once everybody has said yes. */
export function exportRuns(invitation: ExportInvitation, rng: SessionDeps['rng']): Prepared<Taken> {
  return invitation.step === 'export' ? takingRuns(invitation, rng) : noteRuns(invitation)
}

/** Everybody says that it has stored the announcement, or erased it. */
function noteRuns({ wallet, share, proposal: { signers }, instance, requester, envelope }: ExportInvitation): Prepared<Taken> {
  const { epoch, threshold } = wallet.epoch.roster
  const recompute = (heard: ReadonlyMap<Pid, Uint8Array>): Uint8Array | undefined => {
    const told = heard.get(requester)
    return told === undefined ? undefined : noteContext(epoch, told)
  }
  const run = new Run<Taken>({
    me: share.pid, parties: signers, vocabulary: [noteVocabulary(share.suite)],
    heardBefore: [{ from: requester, to: 0, suite: 0, type: INVITE, body: envelope.body }],
    script: note({ ctx: noteContext(epoch, envelope.body), threshold, share, signers, contextFrom: { suite: 0, type: INVITE, recompute } }),
  })
  return { runs: [{ instance, run }], steps: ['hello'] }
}

function takingRuns({ wallet, share, proposal, instance, requester, envelope }: ExportInvitation, rng: SessionDeps['rng']): Prepared<Taken> {
  const { epoch, threshold } = wallet.epoch.roster
  const { exporter, signers } = proposal
  const recompute = (heard: ReadonlyMap<Pid, Uint8Array>): Uint8Array | undefined => {
    const told = heard.get(requester)
    if (told === undefined) return undefined
    const asked = decodeExportProposal(decodeInvitation(told).payload)
    return exportContext({ share: asked, epoch, exporter: asked.exporter, signers: asked.signers })
  }
  const run = new Run<Taken>({
    me: share.pid, parties: signers, vocabulary: [exportVocabulary(share.suite, share.pid, exporter)],
    heardBefore: [{ from: requester, to: 0, suite: 0, type: INVITE, body: envelope.body }],
    script: exportKey({ instance, epoch, threshold, share, signers, exporter, contextFrom: { suite: 0, type: INVITE, recompute } }, rng),
  })
  return { runs: [{ instance, run }], steps: ['hello', 'exchange', 'shares'] }
}

/** For a screen. @param announcedAt by this device's clock, once it is stored */
export function exportView({ step, wallet, share, proposal }: ExportInvitation, facts: Pick<ExportSessionView, 'delayMs' | 'announcedAt' | 'hasKey'>): ExportSessionView {
  return {
    step: step === 'export' ? 'take' : 'announce', suite: share.suite, signers: proposal.signers,
    from: { index: proposal.exporter, name: nameOf(wallet.members, proposal.exporter) }, ...facts,
  }
}

/** For whoever decides in this party's place. */
export function policyExport({ step, wallet, share, proposal, requester }: ExportInvitation, me: PartyId): ExportRequest {
  const partyId = wallet.members.find(({ pid }) => pid === requester)?.card.partyId ?? me
  return {
    wallet: wallet.id, walletName: wallet.name, suite: share.suite, step: step === 'export' ? 'take' : 'announce', signers: proposal.signers,
    from: { index: requester, name: nameOf(wallet.members, requester), partyId, me: partyId === me },
  }
}

/** At least a minute; hours and minutes. */
function timeLeft(ms: number): string {
  const [hours, minutes] = [Math.floor(ms / HOUR_MS), Math.ceil((ms % HOUR_MS) / MINUTE_MS)]
  if (minutes === 60) return `${hours + 1} h`
  return hours === 0 ? `${minutes} min` : minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`
}
