/**
 * Requests that this party said yes to, by their instance: one that comes again is refused, also after a restart, for as long as
 * the epoch lives (`protocol.md` §A.5). Kept in pages, so that saying yes writes a few kilobytes however long the list is.
 */
import { bytesToHex } from '@noble/hashes/utils.js'
import { concat, Refused } from '@trivet/protocol/core'
import type { OpenVault, VaultChange } from '../vault/index.ts'

const KIND = 'used-instances'
const INSTANCE_BYTES = 32
const PER_PAGE = 128

interface List {
  readonly all: Set<string>
  /** The page that is not full yet. */
  page: number
  last: Uint8Array
}

export class UsedInstances {
  readonly #vault: OpenVault
  readonly #lists = new Map<string, List>()
  #tail: Promise<void> = Promise.resolve()

  private constructor(vault: OpenVault) {
    this.#vault = vault
  }

  static async open(vault: OpenVault): Promise<UsedInstances> {
    const used = new UsedInstances(vault)
    for (const { id, epoch, value } of await vault.readAll(KIND)) {
      const [wallet = '', page = '0'] = id.split('-')
      const list = used.#list(wallet, epoch)
      for (let at = 0; at < value.length; at += INSTANCE_BYTES) list.all.add(bytesToHex(value.subarray(at, at + INSTANCE_BYTES)))
      if (Number(page) >= list.page) Object.assign(list, { page: Number(page), last: value })
    }
    return used
  }

  has(wallet: string, epoch: number, instance: Uint8Array): boolean {
    return this.#list(wallet, epoch).all.has(bytesToHex(instance))
  }

  /**
   * Resolves once it is lasting that this one was used.
   * @param instance 32 bytes
   * @throws {Refused} E_UNAUTHORIZED: it was used before @throws {VaultError}
   */
  async spend(wallet: string, epoch: number, instance: Uint8Array): Promise<void> {
    const list = this.#list(wallet, epoch)
    const name = bytesToHex(instance)
    if (list.all.has(name)) throw new Refused('E_UNAUTHORIZED', 'this request was answered before')
    list.all.add(name) // also if the write fails: then it cannot be answered
    const done = this.#tail.then(async () => {
      const isFull = list.last.length >= PER_PAGE * INSTANCE_BYTES
      const page = isFull ? list.page + 1 : list.page
      const value = isFull ? instance.slice() : concat(list.last, instance)
      await this.#vault.write([{ kind: KIND, id: `${wallet}-${page}`, epoch, value }])
      Object.assign(list, { page, last: value })
    })
    this.#tail = done.catch(() => undefined)
    await done
  }

  /** What is stored of an epoch that ends. */
  erasureOf(wallet: string, epoch: number): readonly VaultChange[] {
    const { all, page } = this.#list(wallet, epoch)
    const pages = all.size === 0 ? 0 : page + 1
    return Array.from({ length: pages }, (_, i) => ({ kind: KIND, id: `${wallet}-${i}`, epoch, value: undefined }))
  }

  #list(wallet: string, epoch: number): List {
    const key = `${wallet}/${epoch}`
    const list = this.#lists.get(key) ?? { all: new Set(), page: 0, last: new Uint8Array(0) }
    this.#lists.set(key, list)
    return list
  }
}
