import type { Hex } from 'viem'
import { hexToBytes, isHex } from 'viem/utils'
import { ethereumAddress } from './address.ts'
import { hashOfMessage, type SignableMessage } from './message.ts'
import { recover } from './signature.ts'

/**
 * Whether an account signed a text or bytes as EIP-191 says (`personal_sign`).
 * @param address in any capitals
 * @param signature hex of r ‖ s ‖ v, 65 bytes
 * @returns false also for an address, a message or a signature that is none, and for a high s
 */
export function verifyEthereumMessage(address: string, message: SignableMessage, signature: string): boolean {
  if (!isHex(signature) || signature.length !== 132) return false
  try {
    const key = recover(hexToBytes(signature), hashOfMessage(message))
    return key !== undefined && sameAddress(ethereumAddress(key), address)
  } catch {
    return false
  }
}

const sameAddress = (a: Hex, b: string): boolean => a.toLowerCase() === b.toLowerCase()
