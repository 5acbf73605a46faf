import { ROLE_PERMISSIONS, type Clock, type PartyView, type SessionView, type WalletView } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'
import type { Log } from './log.ts'

const DAY_MS = 86_400_000
/** Nothing tells of shares that grow old, so it is looked so often. */
const LOOK_AGAIN_MS = 3_600_000

export interface RotationOptions {
  readonly party: DrivenParty
  /** From so many days on shares are old; 0: never. */
  readonly days: number
  readonly clock: Clock
  /** Where links would lead. Without a slash at the end. */
  readonly publicUrl: string
  readonly log: Log
}

/**
 * Proposes a refresh of each wallet whose shares are old, once everybody is there and nothing else goes on with it, at most once a day: it voids
 * all backups of the shares before, so the others' people decide, and this party's policy.
 * @returns a function that stops
 */
export function proposeRotations({ party, days, clock, publicUrl, log }: RotationOptions): () => void {
  if (days === 0) return () => undefined
  const proposed = new Map<WalletView['id'], number>()
  let newest: PartyView | undefined
  let cancel: () => void = () => undefined

  const propose = (wallet: WalletView): void => {
    const { id, name, threshold, parties, sharesMadeAt } = wallet
    proposed.set(id, clock.now())
    const facts = { wallet: id, name, days: Math.floor((clock.now() - sharesMadeAt) / DAY_MS) }
    party.verbs.changeWallet({ wallet: id, threshold, stay: parties.map(({ index }) => index), leaving: [], places: [], pageUrl: `${publicUrl}/` }).then(
      ({ session }) => log.info({ ...facts, session, voids: backupsOf(wallet) }, 'a refresh is proposed: once it is done, backups of the shares before stop working'),
      (error: unknown) => log.warn({ ...facts, reason: error instanceof Error ? error.message : 'unknown' }, 'a refresh could not be proposed'),
    )
  }

  const look = (): void => {
    cancel()
    cancel = clock.after(LOOK_AGAIN_MS, look)
    if (newest?.connection.state !== 'connected') return
    const { wallets, sessions } = newest
    const now = clock.now()
    for (const wallet of wallets) {
      const isOld = now >= wallet.sharesMadeAt + days * DAY_MS
      const isRested = now >= (proposed.get(wallet.id) ?? -Infinity) + DAY_MS
      if (isOld && isRested && canBeRefreshed(wallet, sessions)) propose(wallet)
    }
  }

  const stop = party.subscribe((view) => {
    newest = view
    look()
  })
  return () => {
    stop()
    cancel()
  }
}

/** Everybody is there and may deal, and nobody is in the middle of something. */
function canBeRefreshed({ id, state, changing, exports, parties }: WalletView, sessions: readonly SessionView[]): boolean {
  const isUsed = sessions.some((session) => session.wallet.id === id && session.state.at !== 'done' && session.state.at !== 'failed')
  const canDeal = parties.every(({ online, role }) => online && ROLE_PERMISSIONS[role].includes('reshare'))
  // An export that is announced would end with the shares that agreed to it.
  return state === 'ready' && changing === undefined && exports.length === 0 && !isUsed && canDeal
}

/** Whose backups of the shares so far are known of. */
function backupsOf({ parties, backupProvedAt: mine }: WalletView): readonly string[] {
  return parties.filter(({ me, backupProvedAt }) => (me ? mine : backupProvedAt) !== undefined).map(({ name }) => name)
}
