import type { Mailbox } from '../mailbox.ts'
import type { Mail } from '../store/rows.ts'
import type { Connection } from './connection.ts'

/** Mail handed to one receiver that it has not acknowledged. */
const MAX_UNDERWAY = 8

/** Brings one connection its mail, in order, a few at a time; what was not acknowledged comes again on the next connection. */
export class Post {
  readonly #connection: Connection
  readonly #mailbox: Mailbox
  readonly #failed: (error: unknown) => void
  #position = 0
  #underway = 0

  /** @param failed told what went wrong with the store; the mail stays there */
  constructor(connection: Connection, mailbox: Mailbox, failed: (error: unknown) => void) {
    this.#connection = connection
    this.#mailbox = mailbox
    this.#failed = failed
  }

  /** Hands over what waits, as far as the receiver keeps up. Never throws. */
  deliver(): void {
    try {
      while (this.#underway < MAX_UNDERWAY && this.#connection.socket.connected) {
        const mail = this.#mailbox.next(this.#connection.party, this.#position)
        if (mail === undefined) return
        this.#position = mail.position
        this.#hand(mail)
      }
    } catch (error) {
      this.#failed(error)
    }
  }

  #hand(mail: Mail): void {
    this.#underway += 1
    const { session, from, number, payload } = mail
    this.#connection.socket.emit('mailbox', { session_id: session, from, id: number, payload }, () => this.#taken(mail))
  }

  #taken(mail: Mail): void {
    this.#underway -= 1
    try {
      this.#mailbox.taken(mail)
    } catch (error) {
      this.#failed(error)
    }
    this.deliver()
  }
}
