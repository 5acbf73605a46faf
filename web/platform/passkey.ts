/** Passkeys as a second way into a vault: what their PRF (WebAuthn Level 3, section 10.1.4) makes of a salt is the secret that opens it. */
import type { NewPasskey, VaultView } from '@trivet/party'
import type { Rng } from '@trivet/protocol/core'

export type StoredPasskey = VaultView['passkeys'][number]

/**
 * `no-answer`: cancelled, too late, or no such passkey any more; browsers do not tell which, so that pages cannot find out.
 * `no-prf`: it answers, and computes no secret. `already`: this authenticator holds one for this vault. `foreign`: its secret opens another one.
 */
export type PasskeyReason = 'no-answer' | 'no-prf' | 'already' | 'foreign' | 'refused'

/** Its message is public: it names the browser's error, never what was computed. */
export class PasskeyError extends Error {
  readonly reason: PasskeyReason
  constructor(reason: PasskeyReason, message: string) {
    super(message)
    this.name = 'PasskeyError'
    this.reason = reason
  }
}

export interface Passkeys {
  /** Whether this browser may be able to; only an authenticator that was asked shows that it can. */
  available(): Promise<boolean>
  /**
   * Makes a passkey and lets it compute its secret once: the person is asked twice. Whoever gets the secret wipes it.
   * @param options.label for the person, here and in the authenticator's own list @param options.existing are not made again
   * @throws {PasskeyError} nothing is left behind, where the browser can tell the authenticator so
   */
  make(options: { readonly label: string; readonly existing: readonly StoredPasskey[] }): Promise<NewPasskey>
  /**
   * Asks for any of these. Whoever gets the secret (32 bytes) wipes it.
   * @throws {PasskeyError}
   */
  open(passkeys: readonly StoredPasskey[]): Promise<{ readonly credential: Uint8Array; readonly secret: Uint8Array }>
  /** Tells the authenticator, where the browser can, that a passkey opens nothing any more. Never fails. */
  disown(credential: Uint8Array): Promise<void>
}

/** The browser, as far as passkeys use it. Members that TypeScript believes in may be missing in a real one. */
export interface PasskeyScope {
  readonly location: { readonly hostname: string }
  readonly navigator: { readonly credentials?: Pick<CredentialsContainer, 'create' | 'get'> }
  readonly PublicKeyCredential?: Partial<Pick<typeof PublicKeyCredential, 'getClientCapabilities' | 'signalUnknownCredential'>>
}

const SECRET_BYTES = 32
/** EdDSA, ECDSA P-256, RSA: nobody checks a signature of them, so that any is right. */
const ALGORITHMS = [-8, -7, -257]

export function createPasskeys(scope: PasskeyScope, rng: Rng): Passkeys {
  const { location: { hostname }, PublicKeyCredential: kind, navigator: { credentials } } = scope

  const disown = async (credential: Uint8Array): Promise<void> => {
    // What an authenticator does about it is its own affair.
    await kind?.signalUnknownCredential?.({ rpId: hostname, credentialId: toBase64url(credential) }).catch(() => undefined)
  }

  const open: Passkeys['open'] = async (passkeys) => {
    const answer = await asked(credentials?.get({
      publicKey: {
        challenge: fresh(rng),
        rpId: hostname,
        allowCredentials: passkeys.map(({ credential }) => ({ type: 'public-key', id: bufferOf(credential) })),
        userVerification: 'required',
        extensions: {
          prf: { evalByCredential: Object.fromEntries(passkeys.map(({ credential, salt }) => [toBase64url(credential), { first: bufferOf(salt) }])) },
        },
      },
    }))
    const secret = answer.getClientExtensionResults().prf?.results?.first
    if (secret === undefined || secret.byteLength !== SECRET_BYTES) throw new PasskeyError('no-prf', 'the passkey computed no secret')
    return { credential: new Uint8Array(answer.rawId), secret: bytesOf(secret) }
  }

  return {
    // A passkey belongs to a domain; an address of numbers is none.
    available: async () => {
      if (kind === undefined || credentials === undefined || isAddress(hostname)) return false
      const able = await kind.getClientCapabilities?.().catch(() => undefined)
      return able?.['extension:prf'] ?? true
    },
    make: async ({ label, existing }) => {
      const made = await asked(credentials?.create({ publicKey: creation(hostname, label, existing, rng) }))
      const credential = new Uint8Array(made.rawId)
      try {
        if (made.getClientExtensionResults().prf?.enabled !== true) throw new PasskeyError('no-prf', 'the authenticator has no PRF')
        const salt = rng(SECRET_BYTES)
        const { secret } = await open([{ credential, salt, label }])
        return { credential, salt, secret, label }
      } catch (error) {
        await disown(credential)
        throw error
      }
    },
    open,
    disown,
  }
}

function creation(hostname: string, label: string, existing: readonly StoredPasskey[], rng: Rng): PublicKeyCredentialCreationOptions {
  return {
    rp: { id: hostname, name: 'Trivet' },
    // Nobody is looked up by it; a fresh one keeps an authenticator from replacing a passkey that it has.
    user: { id: fresh(rng), name: label, displayName: label },
    challenge: fresh(rng),
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    excludeCredentials: existing.map(({ credential }) => ({ type: 'public-key', id: bufferOf(credential) })),
    authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
    attestation: 'none',
    extensions: { prf: {} },
  }
}

async function asked(asking: Promise<Credential | null> | undefined): Promise<PublicKeyCredential> {
  try {
    const answer = await asking
    if (isPublicKey(answer)) return answer
  } catch (error) {
    throw new PasskeyError(reasonOf(error), error instanceof Error ? error.name : 'unknown')
  }
  throw new PasskeyError('refused', 'the browser answered with no passkey')
}

function reasonOf(error: unknown): PasskeyReason {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError': case 'AbortError': return 'no-answer'
    case 'InvalidStateError': return 'already'
    default: return 'refused'
  }
}

function isPublicKey(answer: Credential | null | undefined): answer is PublicKeyCredential {
  return answer?.type === 'public-key'
}

function isAddress(hostname: string): boolean {
  return /^[\d.]+$/u.test(hostname) || hostname.startsWith('[')
}

/** 32 random bytes in a buffer of their own. */
function fresh(rng: Rng): ArrayBuffer {
  return bufferOf(rng(32))
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}

/** The same bytes, not a copy: who wipes them wipes all there is. */
function bytesOf(source: BufferSource): Uint8Array {
  return source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
}

function toBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/u, '')
}
