/**
 * Everything that the introduction server is told while a key is made and used, over real WebRTC: none of what the parties say to each other
 * is in it. What they said is taken from where it is signed, so that nothing can be forgotten here.
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import wrtc from '@roamhq/wrtc'
import { beforeAll, describe, expect, test } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { systemClock } from './clock.ts'
import type { SigningSubtle } from './identity/ed25519.ts'
import { BUCKETS } from './sealed/buckets.ts'
import { readSignalFrame } from './session/frames.ts'
import { BentLine } from './testing/bent-line.ts'
import { meetAndApprove, person, reaches, signTogether, the, type Person } from './testing/people.ts'
import { createWebrtcLinks } from './transport/index.ts'
import { createMemoryNetwork } from './transport/memory.ts'
import type { LinkFactory, Signalling, Transport } from './transport/types.ts'

const NAMES = ['Annabella of Canary', 'Benedict the Canary', 'Cleopatra Canaria']
const WALLET = 'Savings of all canaries'
const INTENT = 'pay bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq 4711 ducats'
const WINDOW = 16
/** Of what is signed within a sealed frame: "trivet/sealed-by/v1" ‖ way 80 ‖ enc 32 ‖ frame. */
const SEALED_TAG = utf8ToBytes('trivet/sealed-by/v1')
const ENC_AT = SEALED_TAG.length + 80

/** What the server was told, and what was said. */
interface Recorded {
  readonly payloads: Uint8Array[]
  readonly texts: string[]
  readonly signed: Uint8Array[]
  readonly negotiated: Uint8Array[]
  readonly fingerprints: Uint8Array[]
}

const recorded: Recorded = { payloads: [], texts: [], signed: [], negotiated: [], fingerprints: [] }
const canaries = new Map<string, Uint8Array>()
/** What the server has to know. */
const partyIds: string[] = []

class Recorder extends BentLine {
  override subtle<Key>(subtle: SigningSubtle<Key>): SigningSubtle<Key> {
    const line = super.subtle(subtle)
    return {
      ...line,
      sign: (algorithm, key, message) => {
        recorded.signed.push(message.slice())
        return line.sign(algorithm, key, message)
      },
    }
  }

  override transport(transport: Transport): Transport {
    const { signalling, links } = super.transport(transport)
    return { signalling: listened(signalling), links: overheard(links) }
  }
}

/** Every argument of every call. */
function listened(signalling: Signalling): Signalling {
  return new Proxy(signalling, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: readonly unknown[]): unknown => {
        for (const arg of args) if (arg instanceof Uint8Array) recorded.payloads.push(arg.slice())
        recorded.texts.push(JSON.stringify([name, ...args], (_, part: unknown) => (part instanceof Uint8Array ? bytesToHex(part) : part)))
        return Reflect.apply(value, target, args)
      }
    },
  })
}

function overheard(links: LinkFactory): LinkFactory {
  return {
    open: (options, events) => links.open(options, {
      ...events,
      signal: (bytes) => {
        recorded.negotiated.push(bytes.slice())
        events.signal(bytes)
      },
      open: (info) => {
        recorded.fingerprints.push(info.local.slice(), info.remote.slice())
        events.open(info)
      },
    }),
  }
}

/** All stretches of 16 bytes, but not those of few values, which are nobody's secret. */
function* windows(bytes: Uint8Array): Generator<string> {
  for (let at = 0; at + WINDOW <= bytes.length; at++) {
    const window = bytes.subarray(at, at + WINDOW)
    if (new Set(window).size >= 8) yield bytesToHex(window)
  }
}

function setOfWindows(all: readonly Uint8Array[]): Set<string> {
  const set = new Set<string>()
  for (const bytes of all) for (const window of windows(bytes)) set.add(window)
  return set
}

function isSealing(message: Uint8Array): boolean {
  return SEALED_TAG.every((byte, i) => byte === message[i])
}

/** Frames that were sealed to cards, by the encapsulated key that they travel with. */
function sealedFrames(): ReadonlyMap<string, Uint8Array> {
  const ours = recorded.signed.filter(isSealing)
  return new Map(ours.map((message) => [bytesToHex(message.subarray(ENC_AT, ENC_AT + 32)), message.subarray(ENC_AT + 32)]))
}

beforeAll(async () => {
  const network = createMemoryNetwork()
  const people: Person[] = []
  for (const name of NAMES) {
    const { signalling } = network.transport(name)
    people.push(await person({ transport: { signalling, links: createWebrtcLinks({ wrtc, clock: systemClock }) }, line: new Recorder(), name }))
  }
  const session = await meetAndApprove(people, { threshold: 2, name: WALLET })
  await Promise.all(people.map((who) => reaches(who, session, 'done')))
  const [wallet] = the(people[0]).view().wallets
  await signTogether(people.slice(0, 2), the(wallet).id, concat(Uint8Array.of(2), utf8ToBytes(INTENT)))
  for (const name of [...NAMES, WALLET, INTENT]) canaries.set(name, utf8ToBytes(name))
  for (const { suite, groupKey, chainCode } of the(wallet).keys) {
    canaries.set(`key ${suite}`, groupKey)
    canaries.set(`chain code ${suite}`, chainCode)
  }
  canaries.set('wallet id', hexToBytes(the(wallet).id))
  for (const [i, fingerprint] of recorded.fingerprints.entries()) canaries.set(`fingerprint ${i}`, fingerprint)
  for (const line of new Set(recorded.negotiated.flatMap((bytes) => new TextDecoder().decode(bytes).split(/\\r\\n|"/)))) {
    if (line.length >= WINDOW) canaries.set(line, utf8ToBytes(line))
  }
  partyIds.push(...people.map((who) => the(who.view().me).partyId))
  await Promise.all(people.map((who) => who.party.close()))
}, 120_000)

describe('what the introduction server is told while a key is made and used', () => {
  test('is of five sizes, where it is bytes', () => {
    const sizes = recorded.payloads.map(({ length }) => length)
    expect(sizes.length).toBeGreaterThan(20)
    expect(sizes.filter((size) => !(BUCKETS as readonly number[]).includes(size))).toEqual([])
  })

  test('has one size for every offer, answer, candidate and whatever else is negotiated', () => {
    const frames = sealedFrames()
    const kinds = recorded.payloads.flatMap((payload) => {
      const frame = frames.get(bytesToHex(payload.subarray(2, 34)))
      return frame === undefined ? [] : [`${readSignalFrame(frame)?.kind} ${payload.length}`]
    })
    expect([...new Set(kinds)].sort()).toEqual(['channel 1024', 'invitation 4096'])
    const said = recorded.negotiated.map((bytes) => new TextDecoder().decode(bytes))
    for (const part of ['"offer"', '"answer"', '"candidate"']) expect(said.some((text) => text.includes(part)), part).toBe(true)
  })

  test('holds no stretch of 16 bytes of anything that a party signed: cards, rosters, negotiation, messages', () => {
    // The encapsulated key is signed too, and travels in the open.
    const secret = setOfWindows([...recorded.signed.filter((message) => !isSealing(message)), ...sealedFrames().values()])
    const told = setOfWindows(recorded.payloads)
    expect(secret.size).toBeGreaterThan(2_000)
    expect([...secret].filter((window) => told.has(window))).toEqual([])
    expect([...setOfWindows(recorded.payloads.slice(0, 1))].every((window) => told.has(window))).toBe(true)
  })

  test('spells no name, key, address, fingerprint or line of a connection', () => {
    expect(canaries.size).toBeGreaterThan(40)
    const told = [...recorded.payloads.map((bytes) => Buffer.from(bytes).toString('latin1')), ...recorded.texts].join('\n')
    const spelled = [...canaries].filter(([, bytes]) => {
      const raw = Buffer.from(bytes)
      return [raw.toString('latin1'), raw.toString('hex'), raw.toString('base64').replace(/.?=*$/, ''), raw.toString('base64url').slice(0, -1)].some((text) => told.includes(text))
    })
    expect(spelled.map(([name]) => name)).toEqual([])
    for (const id of partyIds) expect(told).toContain(id)
  })
})
