/** The headless party as a whole: network and REST door here, party and keys in a worker. Reads no environment. */
import { readFileSync } from 'node:fs'
import { systemClock, type PartyView } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'
import { createSignallingClient } from '@trivet/party/transport'
import { InputError, TransportError } from '@trivet/protocol/core'
import { startWhenFilled } from './autostart.ts'
import type { EnterpriseConfig } from './config.ts'
import { openApiKeys } from './keys/api-keys.ts'
import { fingerprintOf, groupedPartyId } from './identity-text.ts'
import { startLinkProcess } from './link-process.ts'
import { createLog, type Log } from './log.ts'
import { startPartyThread, type PartyThread } from './party-thread.ts'
import { loadPolicy, type PolicySource } from './policy/load.ts'
import { guardPolicy, logDecision, policyOf, type StartTimer } from './policy/policy.ts'
import { createRest } from './rest/app.ts'
import { proposeRotations } from './rotation.ts'
import { watchParty, type PartyWatch } from './watch.ts'
import packageJson from './package.json' with { type: 'json' }

const now = (): number => systemClock.now()
const startTimer: StartTimer = (ms, ring) => systemClock.after(ms, ring)

/** How long the worker may take to open its vault. */
const UNLOCK_WITHIN_MS = 30_000

export interface Enterprise {
  /** Of the REST door, without a slash at the end. */
  readonly url: string
  readonly partyId: NonNullable<PartyView['me']>['partyId']
  readonly party: DrivenParty
  /** Resolves when the signalling server has let this party in for the first time. */
  readonly ready: Promise<void>
  /** Resolves if the party's worker ends without having been asked to; this server is of no use then. */
  readonly failure: Promise<Error>
  /** @returns a link that leads to the page and admits this party, once, as the company's place of a new wallet */
  createInvitation(options: { readonly expiresInSeconds: number }): Promise<string>
  close(): Promise<void>
}

/** Replaced by tests alone. */
export interface EnterpriseParts {
  readonly startThread: typeof startPartyThread
}

/**
 * Starts everything; resolves when the vault is open and the REST door answers. Signalling may come later: see `ready`.
 * @throws InputError naming a setting that cannot be used; VaultError when the share key is not the vault's
 */
export async function startEnterprise(config: EnterpriseConfig, { startThread }: EnterpriseParts = { startThread: startPartyThread }): Promise<Enterprise> {
  const log = createLog({ level: config.logLevel, format: config.logFormat })
  const tls = readTls(config)
  const source = await loadPolicy(config.policyFile)
  warnOf(config, source, log)

  const signalling = createSignallingClient({
    url: config.signallingUrl, role: config.partyRole, deviceType: 'server', clock: systemClock, log: (sentence) => log.debug({}, sentence),
  })
  const links = startLinkProcess({ iceServers: () => signalling.iceServers(), log })
  const { dataDir, shareKey, partyName, partyRole, presignatures, exportDelayHours } = config
  const thread = startThread({
    dataDir, shareKey, partyName, partyRole, presignatures, exportDelayHours, policy: source, log: { level: config.logLevel, format: config.logFormat },
  }, { signalling, links })
  const closers: (() => unknown)[] = [() => links.close(), () => signalling.close(), () => thread.stop()]
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).reverse()) await step()
  }
  try {
    const watch = watchParty(thread.party)
    closers.push(() => watch.stop())
    const me = await unlocked(thread, watch)
    closers.push(startWhenFilled(thread.party, log))
    closers.push(proposeRotations({ party: thread.party, days: config.keyRotationDays, clock: systemClock, publicUrl: config.publicUrl, log }))
    const rest = createRest({
      party: thread.party,
      policy: guardPolicy(policyOf(source), startTimer, logDecision(log)),
      apiKeys: openApiKeys(dataDir, now),
      role: partyRole, version: packageJson.version, publicUrl: config.publicUrl, log, now,
      ...(tls === undefined ? {} : { tls }),
    })
    closers.push(() => rest.close())
    const url = await rest.listen({ host: config.host, port: config.port })
    log.info({ url, party: me.partyId, identity: groupedPartyId(me.partyId), fingerprint: fingerprintOf(me.partyId), name: me.name }, 'the enterprise party is up')
    const stopping = new AbortController()
    closers.push(() => stopping.abort())
    return {
      url, partyId: me.partyId, party: thread.party, failure: thread.failure, close,
      ready: watch.until((view) => (view.connection.state === 'connected' ? true : undefined), stopping.signal).then(() => undefined),
      async createInvitation(options) {
        const { invitation } = await thread.party.verbs.createInvitation(options)
        return `${config.publicUrl}/#company=${invitation}`
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** @throws TransportError when the worker ends or takes too long; what it could not start for is in its own error */
async function unlocked(thread: PartyThread, watch: PartyWatch): Promise<NonNullable<PartyView['me']>> {
  const me = await Promise.race([watch.until((view) => view.me, AbortSignal.timeout(UNLOCK_WITHIN_MS)), thread.failure])
  if (me === undefined) throw new TransportError('E_TIMEOUT', `the party's worker did not open its vault within ${UNLOCK_WITHIN_MS / 1_000} s`)
  if (me instanceof Error) throw me
  return me
}

function readTls({ tls }: EnterpriseConfig): { readonly cert: Buffer; readonly key: Buffer } | undefined {
  return tls && { cert: readSettingFile('TLS_CERT', tls.cert), key: readSettingFile('TLS_KEY', tls.key) }
}

function readSettingFile(setting: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    throw new InputError(setting, `expected a file that can be read, got ${path}`)
  }
}

function warnOf({ host, tls, exportDelayHours }: EnterpriseConfig, source: PolicySource, log: Log): void {
  if (source.kind === 'none') log.warn({ rule: source.rule, reason: source.reason }, 'without a policy every request is refused')
  if (tls === undefined && !['127.0.0.1', '::1', 'localhost'].includes(host)) {
    log.warn({ host }, 'listening beyond this machine without TLS: API keys travel in the clear unless a proxy adds it')
  }
  if (exportDelayHours === 0) log.warn({}, 'EXPORT_DELAY_HOURS is 0: where the policy allows it, a whole key can be taken out before anybody has noticed')
}
