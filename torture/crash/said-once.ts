/** Looks at everything that devices say, before and after a crash, for a secret that is used twice. */
import type { Envelope } from '@trivet/protocol/core'

/** Of these one party may say several in one ceremony: certificates, what it was told, that it stops. */
const SEVERAL = [0x72, 0x7e, 0x7f]
const FROST_JOIN = 0x40
const ECDSA_R1 = 0x21
const ECDSA_R2 = 0x22
const ONLINE = 0x2d

export class SaidOnce {
  /** What was said in each place of a ceremony. */
  readonly #places = new Map<string, string>()
  /** What each value that is good for one use was used for. */
  readonly #uses = new Map<string, string>()
  readonly #twice = new Set<string>()

  /** What was used twice. */
  get twice(): readonly string[] {
    return [...this.#twice]
  }

  note({ header, body }: Envelope): void {
    const { type, suite, from, to } = header
    const ceremony = `${hexOf(header.instance)} ${suite}`
    const who = `party ${from}, type ${type.toString(16)}`
    if (!SEVERAL.includes(type)) this.#only(this.#places, `${ceremony} ${type} ${from} ${to}`, hexOf(body), `${who}: two answers in one ceremony`)
    for (const nonce of noncesIn(type, body)) this.#only(this.#uses, `${type} ${hexOf(nonce)}`, ceremony, `${who}: a nonce in two ceremonies`)
    // Its presignature, and the request that it is used for.
    if (type === ONLINE) this.#only(this.#uses, `${who} ${hexOf(body.subarray(0, 32))}`, hexOf(body.subarray(32, 64)), `${who}: a presignature for two requests`)
  }

  #only(known: Map<string, string>, key: string, value: string, complaint: string): void {
    const before = known.get(key)
    if (before === undefined) known.set(key, value)
    else if (before !== value) this.#twice.add(complaint)
  }
}

/** Commitments to nonces and their points: whoever says one twice has used its nonce twice (`protocol.md` §D.2, §G.2). */
function noncesIn(type: number, body: Uint8Array): readonly Uint8Array[] {
  const middle = (64 + body.length) / 2
  if (type === FROST_JOIN) return [body.subarray(64, middle), body.subarray(middle)]
  if (type === ECDSA_R1) return [body.subarray(32, 64)]
  return type === ECDSA_R2 ? [body.subarray(64, 97)] : []
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
