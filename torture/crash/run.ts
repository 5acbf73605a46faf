/** One run: people do something, one device crashes and comes back, or does not, and nobody is harmed. */
import { concat, MpcError, type Rng } from '@trivet/protocol/core'
import { pick, seededRng } from '@trivet/protocol/testing'
import type { Ended } from '../kind.ts'
import { HUNG_AFTER_MS, isFinal, shuffled, stateOf, walletOf } from '../simulation/scenes.ts'
import type { Device } from '../simulation/world.ts'
import { finished, signTogether } from './acts.ts'
import { audit } from './audit.ts'
import { plan, rehearse, untilTheCrash, type Crash, type Victim } from './crash.ts'
import { Stage } from './stage.ts'
import type { Story } from './stories.ts'

/** How long a device is away: while the others still wait for it, or long after they gave up. */
const AWAY_MS = [0, 300, 3_000, 20_000, 120_000] as const
/** Of all crashes: after these the device never comes back. */
const NEVER_BACK = 0.12
/** After one in so many, devices also sign; that their shares give the keys is seen after each. */
const SIGNED_AFTER = 3
/** Everybody is online for so long afterwards. */
const TOGETHER_MS = 180_000

/** What nobody caught, of any run of this thread. */
const unheard: string[] = []
process.on('unhandledRejection', (reason) => { unheard.push(reason instanceof Error ? reason.message : String(reason)) })

export interface Told {
  readonly title: string
  readonly story: Story
  readonly crash: Crash
}

export async function crashRun(name: string, { title, story, crash }: Told): Promise<Ended> {
  const rng = seededRng(`${name} crash`)
  const variant = pick(rng, story.variants)
  const rehearsal = await rehearse(title, variant, () => begin(`rehearsal of ${title} ${variant}`, story, variant), story)
  const stage = await begin(name, story, variant)
  const victim = plan(stage, crash, rehearsal, rng)
  const early = await untilTheCrash(stage, () => story.play(stage, variant), victim)
  const hasHappened = stage.isStruck
  const late = early === undefined ? await afterwards(stage, victim, rng) : undefined
  const old = early === undefined && late === undefined ? await triesOldShare(stage, victim) : undefined
  const { harms, wrong } = await audit(stage, victim)
  const isTried = pick(rng, SIGNED_AFTER) === 0 && early === undefined && late === undefined && wrong.length === 0
  const unable = isTried ? await worksAgain(stage, rng) : undefined
  await stage.close()
  const complaints = [early, late, old, ...wrong, unable, ...unheard.splice(0)].filter((what) => what !== undefined)
  return {
    harms, wrongBlame: false, group: `${title}, ${hasHappened ? crash : 'nothing happened'}`,
    unexpected: complaints.length === 0 ? undefined : `${title}, ${victim.what}: ${complaints.join('; ')}`,
  }
}

async function begin(seed: string, { images, present, presignatures = 0, isCastFixed = false }: Story, variant: number): Promise<Stage> {
  const stage = new Stage({ seed, presignatures, isCastFixed, images: await images(variant) })
  for (const seat of stage.cast.slice(0, present ?? stage.cast.length)) await stage.switchOn(seat)
  return stage
}

/** The others go on; the crashed one comes back, and all are online for a while. @returns what went wrong */
async function afterwards(stage: Stage, { seat, isDiskTrue, comeBack }: Victim, rng: Rng): Promise<string | undefined> {
  const isBack = pick(rng, 1_000) >= NEVER_BACK * 1_000
  if (stage.isStruck) {
    stage.isStruck = false
    seat.device = undefined
    await stage.pass(AWAY_MS[pick(rng, AWAY_MS.length)] ?? 0)
    comeBack()
  }
  for (const other of stage.cast.filter(({ device }) => device === undefined)) {
    if (other === seat && !isBack) continue
    try {
      await stage.switchOn(other)
    } catch (error) {
      // A record that a broken disk tore is found out, and named.
      const isNoticed = other === seat && !isDiskTrue && error instanceof MpcError && error.code === 'E_DAMAGED'
      if (!isNoticed) return `${other.name} cannot be opened: ${error instanceof Error ? error.message : String(error)}`
    }
  }
  const isQuiet = await stage.world.time.until(() => stage.present.every((device) => hanging(device).length === 0), HUNG_AFTER_MS)
  if (!isQuiet) return `it hung: ${stage.present.flatMap((device) => hanging(device).map((what) => `${device.name} ${what}`)).join()}`
  await stage.pass(TOGETHER_MS)
  return undefined
}

/** Sessions that neither ended nor wait for a person who is not there. */
function hanging(device: Device): readonly string[] {
  return device.view().sessions.filter(({ state }) => !isFinal(state) && state.at !== 'inviting').map(({ kind, state }) => `${kind} ${state.at}`)
}

/**
 * A device whose disk has gone back behind a change does not know it. It is told when it wants to sign, and does not.
 * @returns what went wrong
 */
async function triesOldShare(stage: Stage, { seat: { device }, isDiskTrue }: Victim): Promise<string | undefined> {
  const wallet = device?.view().wallets.at(0)
  if (device === undefined || isDiskTrue || wallet?.state !== 'ready') return undefined
  const later = stage.present.filter((other) => other.view().wallets.some(({ state, epoch }) => state === 'ready' && epoch > wallet.epoch))
  const others = wallet.parties.filter(({ partyId, me }) => !me && later.some((other) => other.view().me?.partyId === partyId))
  if (later.length === 0 || others.length < wallet.threshold - 1) return undefined
  const signers = [wallet.myIndex, ...others.slice(0, wallet.threshold - 1).map(({ index }) => index)]
  const intent = concat(Uint8Array.of(2), stage.world.rng(32))
  const { session } = await stage.wait(device.party.verbs.requestSignature({ wallet: wallet.id, intent, signers }))
  await stage.until('an end', () => isFinal(stateOf(device, session)))
  await stage.pass(TOGETHER_MS)
  return stateOf(device, session)?.at === 'done' ? 'an old share signed' : undefined
}

/** As many as are needed sign with each sort of key, after their pair was repaired where it has to be. @returns what went wrong */
async function worksAgain(stage: Stage, rng: Rng): Promise<string | undefined> {
  const able = stage.present.filter((device) => device.view().wallets.at(0)?.state === 'ready')
  // One that is out, and whose disk lost that it was told, is a stranger to them.
  const latest = Math.max(0, ...able.map((device) => walletOf(device).epoch))
  const ready = shuffled(rng, able.filter((device) => walletOf(device).epoch === latest))
  const [first] = ready
  const signers = first === undefined ? [] : ready.slice(0, walletOf(first).threshold)
  if (first === undefined || signers.length < walletOf(first).threshold) return undefined
  try {
    await signTogether(stage, signers, 2)
    await repairAll(stage, signers, false)
    const { session } = await signTogether(stage, signers, 1, false)
    if (signers.some((device) => stateOf(device, session)?.at === 'failed')) {
      await repairAll(stage, signers, true)
      await signTogether(stage, signers, 1)
    }
    return undefined
  } catch (error) {
    return `it does not work any more: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Sets up anew what two devices need for an ECDSA key. @param all also where both think that they have it */
async function repairAll(stage: Stage, devices: readonly Device[], all: boolean): Promise<void> {
  for (const [i, device] of devices.entries()) {
    for (const other of devices.slice(i + 1)) {
      const states = [[device, other], [other, device]].map(([a, b]) => pairingOf(a, b))
      if (!all && states.every((state) => state === 'ready')) continue
      const { session } = await stage.wait(device.party.verbs.repairPair({ wallet: walletOf(device).id, peer: walletOf(other).myIndex }))
      await finished(stage, [device, other], session)
    }
  }
}

function pairingOf(device: Device | undefined, other: Device | undefined): string | undefined {
  if (device === undefined || other === undefined) return undefined
  return walletOf(device).parties.find(({ index }) => index === walletOf(other).myIndex)?.pairing?.state
}
