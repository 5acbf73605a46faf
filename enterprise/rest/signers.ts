/** Who signs: those a body names, or this party and the first others that can. */
import { ROLE_PERMISSIONS, type PartyInWallet, type WalletView } from '@trivet/party'
import type { SuiteId } from '@trivet/protocol/core'
import { ApiError, invalidRequest } from './errors.ts'

/**
 * @param named share indices that the caller wants
 * @param suite ECDSA needs an unharmed pair with each of the others
 * @returns exactly `threshold` share indices, ascending
 * @throws ApiError threshold_not_met, invalid_request; conflict, naming them, for signers with whom ECDSA cannot be signed
 */
export function signersOf(named: readonly number[] | undefined, wallet: WalletView, suite: SuiteId): number[] {
  return named === undefined ? chosenSigners(wallet, suite) : checkedSigners(named, wallet, suite)
}

function chosenSigners(wallet: WalletView, suite: SuiteId): number[] {
  const { threshold, myIndex, parties, stock } = wallet
  const there = parties.filter((party) => !party.me && canSign(party))
  const able = there.filter((party) => !isUnpaired(party, suite)).map(({ index }) => index)
  if (able.length + 1 < threshold) {
    const unpaired = there.filter((party) => isUnpaired(party, suite))
    const reason = unpaired.length === 0 ? '' : ` ${unpairedSentence(unpaired)}`
    throw notMet(`${threshold} signers are needed, ${able.length + 1} can be reached.${reason}`)
  }
  const stocked = suite === 1 ? stock.find(({ signers }) => signers.every((index) => index === myIndex || able.includes(index))) : undefined
  return stocked === undefined ? [myIndex, ...able.sort(ascending).slice(0, threshold - 1)].sort(ascending) : [...stocked.signers]
}

function checkedSigners(signers: readonly number[], { threshold, myIndex, parties }: WalletView, suite: SuiteId): number[] {
  const stranger = signers.find((index) => !parties.some((party) => party.index === index))
  if (stranger !== undefined) throw invalidRequest({ signers: `${stranger} is no share index of this wallet` })
  if (!signers.includes(myIndex)) throw invalidRequest({ signers: `expected this party's share index ${myIndex} among them` })
  if (signers.length < threshold) throw notMet(`${threshold} signers are needed, ${signers.length} are named.`)
  if (signers.length > threshold) throw invalidRequest({ signers: `expected exactly ${threshold}, got ${signers.length}` })
  const others = parties.filter((party) => !party.me && signers.includes(party.index))
  const unpaired = others.filter((party) => isUnpaired(party, suite))
  if (unpaired.length > 0) throw new ApiError('conflict', unpairedSentence(unpaired), { details: { signers: unpaired.map(({ index }) => index).join(', ') } })
  const away = others.filter((party) => !canSign(party))
  if (away.length > 0) throw notMet(`These signers cannot be reached: ${away.map(({ name }) => name).join(', ')}.`)
  return [...signers].sort(ascending)
}

const canSign = ({ online, role }: PartyInWallet): boolean => online && ROLE_PERMISSIONS[role].includes('sign')

const isUnpaired = ({ pairing }: PartyInWallet, suite: SuiteId): boolean => suite === 1 && pairing !== undefined && pairing.state !== 'ready'

const REASONS = { banned: 'a safety check failed', lost: 'what the two had set up is lost' } as const

/** "ECDSA cannot be signed with Anna (a safety check failed), Ben (…)." */
function unpairedSentence(parties: readonly PartyInWallet[]): string {
  const each = parties.flatMap(({ name, pairing }) => (pairing === undefined || pairing.state === 'ready' ? [] : [`${name} (${REASONS[pairing.state]})`]))
  return `ECDSA cannot be signed with ${each.join(', ')}.`
}

function notMet(sentence: string): ApiError {
  return new ApiError('threshold_not_met', sentence)
}

function ascending(a: number, b: number): number {
  return a - b
}
