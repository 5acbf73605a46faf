/** The envelope's header; `party` signs and checks envelopes. Source: `protocol.md` §A.5. */
import { concat, toNumber, u16, u24, u32, u8 } from './bytes.ts'
import { Malformed, type Pid } from './errors.ts'
import type { SuiteId } from './suite-id.ts'
import { TH } from './transcript.ts'

export const HEADER_BYTES = 46
export const SIGNATURE_BYTES = 64
const VERSION = 1

export interface Header {
  /** 0 for what one approval covers for all suites. */
  readonly suite: SuiteId | 0
  readonly type: number
  /** Share index of the sender; 0 where there is none yet. */
  readonly from: Pid
  /** 0: to everybody. */
  readonly to: Pid
  readonly epoch: number
  /** 32 bytes. */
  readonly instance: Uint8Array
  readonly bodyLength: number
}

/** An envelope as it was signed: kept as evidence and inside certificates. */
export interface Envelope {
  readonly header: Header
  /** 64 bytes: Ed25519 over `signedBytes`. */
  readonly signature: Uint8Array
  readonly body: Uint8Array
}

/** u8 ver ‖ u8 suite ‖ u8 type ‖ u16 from ‖ u16 to ‖ u32 epoch ‖ instance 32 ‖ u24 bodyLen */
export function encodeHeader({ suite, type, from, to, epoch, instance, bodyLength }: Header): Uint8Array {
  return concat(u8(VERSION), u8(suite), u8(type), u16(from), u16(to), u32(epoch), instance, u24(bodyLength))
}

/** @param bytes at least 46 @throws {Malformed} E_LEN; E_CONFIG: another version */
export function decodeHeader(bytes: Uint8Array): Header {
  if (bytes.length < HEADER_BYTES) throw new Malformed('E_LEN', `envelope: expected a header of ${HEADER_BYTES} bytes, got ${bytes.length}`)
  const number = (from: number, to: number): number => toNumber(bytes.subarray(from, to))
  const suite = number(1, 2)
  if (number(0, 1) !== VERSION || (suite !== 0 && suite !== 1 && suite !== 2 && suite !== 3)) {
    throw new Malformed('E_CONFIG', `envelope: expected version ${VERSION} and a suite up to 3`)
  }
  return {
    suite, type: number(2, 3), from: number(3, 5), to: number(5, 7), epoch: number(7, 11),
    instance: bytes.slice(11, 43), bodyLength: number(43, HEADER_BYTES),
  }
}

/** What the identity key signs: TH("env", hdr, body), 32 bytes. */
export function signedBytes(header: Uint8Array, body: Uint8Array): Uint8Array {
  return TH('env', header, body)
}

/** hdr 46 ‖ sig 64 ‖ body */
export function encodeEnvelope({ header, signature, body }: Envelope): Uint8Array {
  return concat(encodeHeader(header), signature, body)
}

/** Reads the envelope at the start of `bytes`. @returns it and its length @throws {Malformed} */
export function readEnvelope(bytes: Uint8Array): { readonly envelope: Envelope; readonly length: number } {
  const header = decodeHeader(bytes)
  const bodyAt = HEADER_BYTES + SIGNATURE_BYTES
  const length = bodyAt + header.bodyLength
  if (bytes.length < length) throw new Malformed('E_LEN', `envelope: expected ${length} bytes, got ${bytes.length}`)
  return { envelope: { header, signature: bytes.slice(HEADER_BYTES, bodyAt), body: bytes.slice(bodyAt, length) }, length }
}

/** Reads exactly one envelope. @throws {Malformed} also where something is left over */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const { envelope, length } = readEnvelope(bytes)
  if (length !== bytes.length) throw new Malformed('E_LEN', `envelope: expected ${length} bytes, got ${bytes.length}`)
  return envelope
}
