/** A company's server as its operator would start it, with a policy that allows small things. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openApiKeys, startEnterprise } from '@trivet/enterprise'
import { z } from 'zod'
import { processes } from './processes.ts'

const POLICY = `version: 1
keygen:
  - { name: own invitations, invited_by: [own-invitation], max_total: 3, max_threshold: 2 }
sign:
  - { name: short texts, kind: message, max_bytes: 200 }
  - { name: small spends, kind: bitcoin, networks: [mainnet], max_amount_sats: 200000 }
  - { name: small payments, kind: ethereum, networks: [sepolia], max_amount_gwei: 30000000 }
`

export interface Company {
  /** Opens the page and admits this server to one new wallet. */
  readonly invitation: string
  /**
   * As the firm's own back end asks, through the REST door: a text, to be signed with the key of its last wallet, by it and one other.
   * @returns once it has ended
   */
  sign(message: string, other: string): Promise<z.output<typeof Session>>
  /** Ends the process that holds its connections, as a fault in native code would. */
  fell(): Promise<void>
  close(): Promise<void>
}

const Participant = z.object({ name: z.string(), party_index: z.int(), me: z.boolean() })
const Session = z.object({ session_id: z.string(), status: z.string(), participants: z.array(Participant), signatures: z.array(z.string()).default([]) })
const Sessions = z.object({ sessions: z.array(Session).min(1) })

/** @param signallingUrl of the server that also serves the page */
export async function startCompany(folder: string, signallingUrl: string): Promise<Company> {
  const policyFile = join(folder, 'policy.yaml')
  const dataDir = join(folder, 'enterprise')
  await writeFile(policyFile, POLICY)
  const server = await startEnterprise({
    host: '127.0.0.1', port: 0, dataDir, signallingUrl, publicUrl: signallingUrl, partyName: 'Treasury', partyRole: 'enterprise',
    shareKey: { from: 'generated' }, policyFile, presignatures: 4, keyRotationDays: 0, exportDelayHours: 24, logLevel: 'silent', logFormat: 'json',
  })
  await server.ready
  const { key } = await openApiKeys(dataDir, Date.now).create({ name: 'back-end', scopes: ['sign', 'read'] })
  const call = async (path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(server.url + path, {
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    const content: unknown = await answer.json()
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(content)}`)
    return content
  }
  return {
    invitation: await server.createInvitation({ expiresInSeconds: 600 }),
    async sign(message, other) {
      const { sessions: [keygen] } = Sessions.parse(await call('/api/v1/sessions?type=keygen&status=completed'))
      const signers = keygen?.participants.filter(({ me, name }) => me || name === other).map(({ party_index: index }) => index)
      return Session.parse(await call('/api/v1/sign?wait=30', { session_id: keygen?.session_id, message, signers }))
    },
    async fell() {
      const mine = (await processes()).filter(({ parent, command }) => parent === process.pid && command.includes('enterprise/link-child.ts'))
      if (mine.length === 0) throw new Error('no process holds its connections')
      for (const { pid } of mine) process.kill(pid, 'SIGKILL')
    },
    close: () => server.close(),
  }
}
