/** Signed envelopes between parties of one process, with the platform's own Ed25519, as parties use it. */
import {
  decodeEnvelope, encodeEnvelope, encodeHeader, signedBytes, type Header, type Incoming, type Outgoing, type Pid,
} from '@trivet/protocol/core'

export interface Post {
  /** Signs what a party says, once for all who are told it. @returns the envelope's bytes */
  seal(from: Pid, said: Outgoing): Promise<Uint8Array>
  /** Reads and checks an envelope. */
  open(envelope: Uint8Array): Promise<Incoming>
}

export async function openPost(parties: readonly Pid[], instance: Uint8Array): Promise<Post> {
  const keys = new Map(await Promise.all(parties.map(async (pid) => [pid, await identityOf()] as const)))
  const keysOf = (pid: Pid): Identity => {
    const found = keys.get(pid)
    if (found === undefined) throw new Error(`there is no party ${pid}`)
    return found
  }
  return {
    async seal(from, { suite, type, to, body }) {
      const header: Header = { suite, type, from, to, epoch: 1, instance, bodyLength: body.length }
      const signature = await crypto.subtle.sign('Ed25519', keysOf(from).secret, new Uint8Array(signedBytes(encodeHeader(header), body)))
      return encodeEnvelope({ header, signature: new Uint8Array(signature), body })
    },
    async open(bytes) {
      const { header, signature, body } = decodeEnvelope(bytes)
      const { suite, type, from, to } = header
      // As in parties, who keep their members' keys as bytes.
      const key = await crypto.subtle.importKey('raw', keysOf(from).known, 'Ed25519', false, ['verify'])
      const signed = new Uint8Array(signedBytes(encodeHeader(header), body))
      if (!await crypto.subtle.verify('Ed25519', key, new Uint8Array(signature), signed)) throw new Error(`an envelope of party ${from} is not signed by it`)
      return { suite, type, from, to, body }
    },
  }
}

interface Identity {
  readonly secret: CryptoKey
  /** 32 bytes. */
  readonly known: Uint8Array<ArrayBuffer>
}

async function identityOf(): Promise<Identity> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('expected a pair of keys')
  return { secret: pair.privateKey, known: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) }
}
