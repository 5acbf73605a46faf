import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnterpriseConfig } from './config.ts'
import { fingerprintOf, groupedPartyId } from './identity-text.ts'
import { startEnterprise, type Enterprise, type EnterpriseParts } from './server.ts'

/** Small enough to try things out with; more is for a policy somebody has thought about. */
const DEMO_POLICY = `# The demo's policy. What no rule allows is refused.
version: 1

keygen:
  # Key generations this party was called to by its own one-time invitation.
  - name: own one-time invitation
    invited_by: [own-invitation]
    max_total: 5
    max_threshold: 5

reshare:
  # New shares for the same parties. Whoever asks, people approve it on their devices too.
  - name: refresh
    asked_by: [self, member]
    refresh_only: true
    max_total: 5
    max_threshold: 5
  # Other devices or another threshold, when a member asks, as long as this server stays.
  - name: change by a member
    asked_by: [member]
    may_drop: true
    joining_roles: [mobile-app]
    max_total: 5
    max_threshold: 5

sign:
  - name: small test messages
    kind: message
    max_bytes: 1024
  - name: small test spends
    kind: bitcoin
    networks: [mainnet, testnet, signet, regtest]
    # What leaves the wallet in one transaction, fee included.
    max_amount_sats: 1000000
  - name: small test messages of the Ethereum account
    kind: ethereum-message
    max_bytes: 1024
  - name: test coins
    kind: ethereum
    networks: [sepolia, holesky, hoodi, local-test-chain]
    # 0.1 of a coin that is worth nothing, the largest possible fee included.
    max_amount_gwei: 100000000
  - name: typed data on test chains
    kind: ethereum-typed-data
    networks: [sepolia, holesky, hoodi, local-test-chain]
`

const INVITATION_SECONDS = 86_400

export interface DemoOptions {
  /** Where policy and data are kept, for instance `demo`. */
  readonly folder: string
  readonly signallingUrl: string
  /** Where the page is. */
  readonly publicUrl: string
  /** 0 takes any free port. */
  readonly port: number
  readonly log: { readonly level: EnterpriseConfig['logLevel']; readonly format: EnterpriseConfig['logFormat'] }
  /** Takes the text of the policy, to be shown. */
  readonly print: (text: string) => void
}

export interface Demo {
  readonly enterprise: Enterprise
  /** Leads to the page and admits this party to one wallet, within a day. */
  readonly link: string
}

/** Starts the headless party with embedded defaults and a small policy, which stays as it is if somebody has changed it. */
export async function startDemo({ folder, signallingUrl, publicUrl, port, log, print }: DemoOptions, parts?: EnterpriseParts): Promise<Demo> {
  const policyFile = join(folder, 'policy.yaml')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(policyFile, DEMO_POLICY, { flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  print(`The enterprise party allows what ${policyFile} says:\n\n${await readFile(policyFile, 'utf8')}`)

  const enterprise = await startEnterprise({
    host: '127.0.0.1', port, dataDir: join(folder, 'enterprise'), signallingUrl, publicUrl, partyName: 'Demo company', partyRole: 'enterprise',
    shareKey: { from: 'generated' }, policyFile, presignatures: 4, keyRotationDays: 0, exportDelayHours: 24, logLevel: log.level, logFormat: log.format,
  }, parts)
  print(`It is the party\n\n  ${groupedPartyId(enterprise.partyId)}\n\nin short ${fingerprintOf(enterprise.partyId)}. Its invitations hold this, and a page takes no other in its place.\n`)
  return { enterprise, link: await enterprise.createInvitation({ expiresInSeconds: INVITATION_SECONDS }) }
}
