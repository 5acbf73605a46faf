/** Which wallets have a backup file that was read back, and when. */
import { concat, toNumber, u32, u64, u8 } from '@trivet/protocol/core'
import type { WalletId } from '../api.ts'
import type { OpenVault, VaultChange } from '../vault/index.ts'

const KIND = 'backup'
const VERSION = 1
const RECORD_BYTES = 13

interface Proof {
  readonly epoch: number
  /** ms since 1970. */
  readonly at: number
}

export class BackupProofs {
  readonly #vault: OpenVault
  readonly #all: Map<WalletId, Proof>

  private constructor(vault: OpenVault, all: Map<WalletId, Proof>) {
    this.#vault = vault
    this.#all = all
  }

  /** A record that cannot be read counts as none: the file is then proved once more. @throws {VaultError} */
  static async open(vault: OpenVault): Promise<BackupProofs> {
    const records = await vault.readAll(KIND)
    return new BackupProofs(vault, new Map(records.flatMap(({ id, value }) => {
      const proof = decode(value)
      return proof === undefined ? [] : [[id, proof]]
    })))
  }

  /** When a backup of this epoch of the wallet was last read back; ms since 1970. */
  provedAt(wallet: WalletId, epoch: number): number | undefined {
    const proof = this.#all.get(wallet)
    return proof?.epoch === epoch ? proof.at : undefined
  }

  /** What is stored of a wallet that is to be forgotten; then `forget`. */
  erasureOf(wallet: WalletId): VaultChange {
    return { kind: KIND, id: wallet, value: undefined }
  }

  forget(wallet: WalletId): void {
    this.#all.delete(wallet)
  }

  /** @throws {VaultError} */
  async add(wallet: WalletId, proof: Proof): Promise<void> {
    await this.#vault.write([{ kind: KIND, id: wallet, value: concat(u8(VERSION), u32(proof.epoch), u64(proof.at)) }])
    this.#all.set(wallet, proof)
  }
}

function decode(value: Uint8Array): Proof | undefined {
  if (value[0] !== VERSION || value.length !== RECORD_BYTES) return undefined
  return { epoch: toNumber(value.subarray(1, 5)), at: toNumber(value.subarray(5)) }
}
