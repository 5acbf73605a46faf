/** The life of a wallet without its sessions: who is to hold what, and what everybody signed, from real ceremonies. For tests. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import {
  assignPids, encodeHeader, signedBytes, type Envelope, type Header, type PairState, type Pid, type PreparedEpoch, type Roster, type SuiteId,
} from '@trivet/protocol/core'
import { JOIN, RESHARE_JOIN, VOTE } from '@trivet/protocol/epoch'
import { changeOf, keygenRun, seededRng, simulate, simulateReshare, type Simulation } from '@trivet/protocol/testing'
import type { Card } from '../identity/card.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity, type Identity } from '../identity/identity.ts'
import { assembleFromVotes } from '../wallets/certify.ts'
import type { Descent, WalletRecord } from '../wallets/record.ts'
import { walletOf } from '../wallets/wallet.ts'

/** One epoch of a wallet, as its members and dealers have it. */
export interface LifeEpoch {
  readonly roster: Roster
  readonly walletId: string
  readonly people: ReadonlyMap<Pid, Identity>
  readonly epochs: ReadonlyMap<Pid, PreparedEpoch>
  readonly certificate: Uint8Array
  readonly descent: Descent
  /** What a member is about to store: its record, the cards and its pairs; copies, so that whoever gets them may wipe them. */
  readonly stored: (pid: Pid) => readonly [Omit<WalletRecord, 'certificate'>, readonly Card[], readonly PairState[]]
  readonly votes: readonly Envelope[]
}

export async function identityOf(name: string): Promise<Identity> {
  return openIdentity(seededRng(`identity of ${name}`)(32), { name, role: 'mobile-app', build: new Uint8Array(32) }, await chooseEd25519(crypto.subtle))
}

/** Epoch 1. @param people in any order */
export async function born(people: readonly Identity[], threshold: number, suites: readonly SuiteId[] = [3], name = 'born'): Promise<LifeEpoch> {
  const members = assignPids(people.map(({ card }) => ({ idKeyHash: hexToBytes(card.partyId), role: card.role })))
  const roster: Roster = { walletId: new Uint8Array(32), epoch: 1, threshold, suites, members }
  const at = placesOf(roster, people)
  const simulation = simulate([...at.keys()], (me) => keygenRun(roster, me, name), { seed: name })
  const instance = sha256(utf8ToBytes(`instance ${name}`))
  const descent: Descent = { origin: 'made', firstPath: [], madeAt: 1, oldEpoch: 0, dealers: [], retired: [], former: [] }
  return lifeEpoch({ simulation, roster, people: at, instance, descent, join: JOIN })
}

export interface LifeChange {
  readonly threshold: number
  readonly stay: readonly Pid[]
  readonly join?: readonly Identity[]
  readonly quorum: readonly Pid[]
  /** Makes another ceremony of the same change. */
  readonly name?: string
  readonly epoch?: number
}

/** The next epoch: of those who stay and those who join. */
export async function changed(before: LifeEpoch, { threshold, stay, join = [], quorum, name = 'changed', epoch = before.roster.epoch + 1 }: LifeChange): Promise<LifeEpoch> {
  const epochs = [...before.epochs.values()]
  const planned = changeOf(epochs, { threshold, stay, join: join.length, quorum })
  let joining = 0
  const members = planned.roster.members.map((member) => {
    const who = stay.includes(member.pid) ? undefined : join[joining++]
    return who === undefined ? member : { ...member, idKeyHash: hexToBytes(who.card.partyId) }
  })
  const change = { ...planned, roster: { ...planned.roster, epoch, members } }
  const people = new Map([...before.people, ...placesOf(change.roster, [...before.people.values(), ...join])])
  const seed = `${name} ${epoch}`
  const simulation = simulateReshare({ change, seed, holdings: new Map([...before.epochs].map(([pid, held]) => [pid, { held }])) })
  const gone = before.roster.members.filter(({ pid }) => !stay.includes(pid)).map(({ pid }) => pid)
  const descent: Descent = {
    origin: 'made', firstPath: [], madeAt: epoch, oldEpoch: before.roster.epoch, retired: gone,
    dealers: quorum.map((pid) => ({ pid, identityKey: the(people.get(pid)).card.identityKey })),
    former: [...before.descent.former, ...gone.map((pid) => ({ pid, card: the(people.get(pid)).card.bytes }))],
  }
  return lifeEpoch({ simulation, roster: change.roster, people, instance: sha256(utf8ToBytes(`instance ${seed}`)), descent, join: RESHARE_JOIN })
}

interface Facts {
  readonly simulation: Simulation<PreparedEpoch> | ReturnType<typeof simulateReshare>
  readonly roster: Roster
  readonly people: ReadonlyMap<Pid, Identity>
  readonly instance: Uint8Array
  readonly descent: Descent
  readonly join: number
}

async function lifeEpoch({ simulation, roster, people, instance, descent, join }: Facts): Promise<LifeEpoch> {
  const prepared = new Map([...simulation.stored].flatMap(([pid, changes]) => changes.flatMap((change) => (change.kind === 'prepared' ? [[pid, change] as const] : []))))
  const said = async (type: number): Promise<readonly Envelope[]> => {
    // A broadcast reaches each of them by itself.
    const senders = new Map(simulation.letters.filter((letter) => letter.type === type).toReversed().map((letter) => [letter.from, letter]))
    const letters = [...senders.values()]
    return Promise.all(letters.toSorted((a, b) => a.from - b.from).map(async ({ from, body }): Promise<Envelope> => {
      const header: Header = { suite: 0, type, from, to: 0, epoch: descent.oldEpoch, instance, bodyLength: body.length }
      return { header, body, signature: await the(people.get(from)).sign(signedBytes(encodeHeader(header), body)) }
    }))
  }
  const [approvals, votes] = [await said(join), await said(VOTE)]
  const cards = roster.members.map(({ pid }) => the(people.get(pid)).card)
  const recordOf = (pid: Pid): Omit<WalletRecord, 'certificate'> => {
    const { epoch } = the(prepared.get(pid))
    const keys = epoch.keys.map((key) => ({ ...key, signingShare: key.signingShare.slice() }))
    return { name: 'Savings', createdAt: 1, cards: cards.map(({ bytes }) => bytes), approvals, descent, epoch: { ...epoch, keys } }
  }
  const [first] = roster.members
  const certificate = assembleFromVotes(walletOf({ ...recordOf(the(first).pid), certificate: undefined }, cards), votes)
  return {
    roster, descent, people: placesOf(roster, [...people.values()]), certificate, votes, walletId: the([...prepared.values()][0]).epoch.walletId,
    epochs: new Map([...prepared].map(([pid, { epoch }]) => [pid, epoch])),
    stored: (pid) => [recordOf(pid), cards, the(prepared.get(pid)).pairs.map(copyOfPair)],
  }
}

function copyOfPair(pair: PairState): PairState {
  const { peer, asAlice, asBob, zeroSeed } = pair
  return {
    peer, zeroSeed: zeroSeed.slice(),
    asAlice: { id: asAlice.id.slice(), delta: asAlice.delta.slice(), leaves: asAlice.leaves.slice() },
    asBob: { id: asBob.id.slice(), leaves: asBob.leaves.slice() },
  }
}

function placesOf({ members }: Roster, people: readonly Identity[]): ReadonlyMap<Pid, Identity> {
  return new Map(members.map(({ pid, idKeyHash }) => [pid, the(people.find(({ card }) => card.partyId === bytesToHex(idKeyHash)))]))
}

function the<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing there')
  return value
}
