import { Bug, type Rng } from '@trivet/protocol/core'

/** The most that `getRandomValues` gives at once. */
const QUOTA = 65536
const PROBE_BYTES = 32

/** Shorter draws may be equal by chance. */
const LEAST_COMPARED = 8

/**
 * The platform's generator, watched: each draw is preceded by a probe of 32 bytes that is used for nothing else. A probe that is all
 * zero or equals the one before, or a draw that begins like its probe, means that the generator is stuck; nothing of it is given out.
 * @throws Bug from here and from every draw when the generator is stuck
 */
export function platformRng(source: Pick<Crypto, 'getRandomValues'>): Rng {
  let lastProbe = new Uint8Array(PROBE_BYTES)
  const probe = (): void => {
    const next = source.getRandomValues(new Uint8Array(PROBE_BYTES))
    refuseIf(next.every((byte) => byte === 0) || sameStart(next, lastProbe))
    lastProbe = next
  }
  probe()
  probe()
  return (size) => {
    probe()
    const drawn = new Uint8Array(size)
    for (let at = 0; at < size; at += QUOTA) source.getRandomValues(drawn.subarray(at, at + QUOTA))
    refuseIf(size >= LEAST_COMPARED && sameStart(drawn, lastProbe))
    return drawn
  }
}

function sameStart(a: Uint8Array, b: Uint8Array): boolean {
  return a.subarray(0, PROBE_BYTES).every((byte, i) => byte === b[i])
}

function refuseIf(stuck: boolean): void {
  if (stuck) throw new Bug("the platform's random generator is stuck: it repeats itself or gives zeros")
}
