/** Devices and the share indices under which they take part: one each, or two where a device deals under one and receives under another. */
import type { Pid } from '@trivet/protocol/core'
import type { SessionMember } from './member.ts'

export class Devices {
  readonly #members: readonly SessionMember[]
  readonly #participants: readonly SessionMember[]

  /**
   * @param members one entry for each device, under the share index by which it is called
   * @param participants every share index
   */
  constructor(members: readonly SessionMember[], participants: readonly SessionMember[]) {
    this.#members = members
    this.#participants = participants
  }

  /** Those of which some share index, or every one, is among these; each as it is called, ascending. */
  among(pids: readonly Pid[], which: 'some' | 'every'): readonly Pid[] {
    const isAmong = ({ card: { partyId } }: SessionMember): boolean =>
      this.#participants.filter(({ card }) => card.partyId === partyId)[which](({ pid }) => pids.includes(pid))
    return this.#members.filter(isAmong).map(({ pid }) => pid)
  }
}
