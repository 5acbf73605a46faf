/**
 * Noise_XX_25519_ChaChaPoly_SHA256: each end shows the other its static key, sealed, and proves that it has it.
 *
 * Source: the Noise Protocol Framework, revision 34, §5.3 (HandshakeState), §7.5 (pattern XX), §12.1 (25519).
 */
import { x25519 } from '@noble/curves/ed25519.js'
import { Bug, concat, type Rng } from '@trivet/protocol/core'
import { TAG_BYTES, type CipherState } from './cipher-state.ts'
import { SymmetricState } from './symmetric-state.ts'

const PROTOCOL_NAME = new TextEncoder().encode('Noise_XX_25519_ChaChaPoly_SHA256')
const DH_BYTES = 32

type Token = 'e' | 's' | 'ee' | 'es' | 'se'
/** §7.5: → e, ← e ee s es, → s se. */
const XX: readonly (readonly Token[])[] = [['e'], ['e', 'ee', 's', 'es'], ['s', 'se']]

export interface StaticKey {
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array
  /** X25519, 32 bytes; asked for when it is used and not kept. */
  secretKey(): Uint8Array
}

export interface HandshakeStateOptions {
  readonly initiator: boolean
  /** What both ends must agree on besides. */
  readonly prologue: Uint8Array
  readonly s: StaticKey
  readonly rng: Rng
}

/** Of records: one key per direction. */
export interface TransportKeys {
  readonly sending: CipherState
  readonly receiving: CipherState
}

/** One end of one handshake. Its owner calls `wipe`, however it ends. */
export class HandshakeState {
  readonly #options: HandshakeStateOptions
  readonly #symmetric = new SymmetricState(PROTOCOL_NAME)
  #step = 0
  #ephemeral: { readonly secretKey: Uint8Array; readonly publicKey: Uint8Array } | undefined
  #remoteEphemeral: Uint8Array | undefined
  #remoteStatic: Uint8Array | undefined

  constructor(options: HandshakeStateOptions) {
    this.#options = options
    this.#symmetric.mixHash(options.prologue)
  }

  /** Whether the next message is this end's to write. */
  get isMyTurn(): boolean { return !this.isDone && (this.#step % 2 === 0) === this.#options.initiator }
  get isDone(): boolean { return this.#step === XX.length }

  /** X25519, 32 bytes: proved to be the other end's by the end of the message that followed it. */
  get remoteStatic(): Uint8Array | undefined { return this.#remoteStatic?.slice() }

  /** Tells this handshake from every other; the same at both ends. 32 bytes, public. */
  get hash(): Uint8Array { return this.#symmetric.handshakeHash }

  /**
   * WriteMessage(payload).
   * @returns the message, or undefined if the other end showed a key with which nothing can be agreed: then the handshake is over
   * @throws {Bug} out of turn
   */
  writeMessage(payload: Uint8Array): Uint8Array | undefined {
    if (!this.isMyTurn) throw new Bug('a handshake message was written out of turn')
    const parts: Uint8Array[] = []
    for (const token of this.#tokens()) {
      const part = this.#write(token)
      if (part === undefined) return undefined
      parts.push(part)
    }
    return concat(...parts, this.#symmetric.encryptAndHash(payload))
  }

  /**
   * ReadMessage(message).
   * @returns its payload, or undefined if it is not what the other end of this handshake said: then the handshake is over
   * @throws {Bug} out of turn
   */
  readMessage(message: Uint8Array): Uint8Array | undefined {
    if (this.isMyTurn || this.isDone) throw new Bug('a handshake message was read out of turn')
    let rest = message
    for (const token of this.#tokens()) {
      const read = this.#read(token, rest)
      if (read === undefined) return undefined
      rest = rest.subarray(read)
    }
    return this.#symmetric.decryptAndHash(rest)
  }

  /** Once it is done. */
  split(): TransportKeys {
    if (!this.isDone) throw new Bug('a handshake that is not done has no keys')
    const [first, second] = this.#symmetric.split()
    return this.#options.initiator ? { sending: first, receiving: second } : { sending: second, receiving: first }
  }

  /** Forgets the ephemeral secret and everything derived that was not split off. */
  wipe(): void {
    this.#ephemeral?.secretKey.fill(0)
    this.#ephemeral = undefined
    this.#symmetric.wipe()
  }

  #tokens(): readonly Token[] {
    const tokens = XX[this.#step] ?? []
    this.#step += 1
    return tokens
  }

  #write(token: Token): Uint8Array | undefined {
    if (token === 'e') {
      const secretKey = this.#options.rng(DH_BYTES)
      this.#ephemeral = { secretKey, publicKey: x25519.getPublicKey(secretKey) }
      this.#symmetric.mixHash(this.#ephemeral.publicKey)
      return this.#ephemeral.publicKey
    }
    if (token === 's') return this.#symmetric.encryptAndHash(this.#options.s.publicKey)
    return this.#mixDh(token) ? new Uint8Array() : undefined
  }

  /** @returns how many bytes it took, or undefined if they are not good */
  #read(token: Token, from: Uint8Array): number | undefined {
    if (token === 'e') {
      if (from.length < DH_BYTES) return undefined
      this.#remoteEphemeral = from.slice(0, DH_BYTES)
      this.#symmetric.mixHash(this.#remoteEphemeral)
      return DH_BYTES
    }
    if (token === 's') {
      const size = DH_BYTES + (this.#symmetric.hasKey ? TAG_BYTES : 0)
      if (from.length < size) return undefined
      this.#remoteStatic = this.#symmetric.decryptAndHash(from.subarray(0, size))
      return this.#remoteStatic === undefined ? undefined : size
    }
    return this.#mixDh(token) ? 0 : undefined
  }

  /** §9 and RFC 7748 §6.1: a result of zeros, to which the other end added nothing, is refused. @returns whether it was good */
  #mixDh(token: 'ee' | 'es' | 'se'): boolean {
    // es: the initiator's ephemeral with the responder's static key; se: the other way round.
    const isEphemeral = token === 'ee' || (token === 'es') === this.#options.initiator
    const secretKey = isEphemeral ? this.#ephemeral?.secretKey : this.#options.s.secretKey()
    const remote = token === 'ee' || !isEphemeral ? this.#remoteEphemeral : this.#remoteStatic
    if (secretKey === undefined || remote === undefined) throw new Bug('a handshake key is used before it is known')
    let shared: Uint8Array
    try {
      shared = x25519.getSharedSecret(secretKey, remote)
    } catch {
      return false // its only way to say that the key is of small order
    }
    this.#symmetric.mixKey(shared)
    shared.fill(0)
    return true
  }
}
