/** Reading and leaving mail. For tests alone. */
import { expect } from 'vitest'
import type { SignallingServer } from '../server.ts'
import { LIMITS, parseMailIn, type MailIn, type PartyId } from '../wire/index.ts'
import { openSocket, type Client } from './harness.ts'

export const large = new Uint8Array(LIMITS.mailPayloadBytes)

/** Listens as a client that acknowledges the mail that fits, and nothing else. */
export function read(client: Pick<Client, 'socket'>, takes: (mail: MailIn) => boolean): { readonly heard: number[]; until(count: number): Promise<number[]> } {
  const heard: number[] = []
  let changed: () => void = () => undefined
  client.socket.on('mailbox', (value: unknown, taken: () => void) => {
    const mail = parseMailIn(value)
    heard.push(mail.payload[0] ?? -1)
    if (takes(mail)) taken()
    changed()
  })
  return {
    heard,
    async until(count) {
      while (heard.length < count) await new Promise<void>((resolve) => { changed = resolve })
      return heard
    },
  }
}

export const all = (): boolean => true
export const none = (): boolean => false

/** Leaves one message for each number, whose payload it is. */
export async function leave(client: Client, id: string, to: PartyId, ...numbers: number[]): Promise<void> {
  for (const number of numbers) expect(await client.send('mailbox', { session_id: id, to, payload: Uint8Array.of(number) })).toEqual({ ok: true })
}

export const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString('base64')

/** Another connection of the same party, whose older one is replaced. */
export async function connectAgain({ person }: Client, server: SignallingServer): Promise<Pick<Client, 'socket'>> {
  return openSocket(server, { token: await person.logIn(server) })
}
