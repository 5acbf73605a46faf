import type { ExportedKey, LinkPreview, PartyVerbs, SessionView } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'
import { BACKUP, KEYS, NOW } from './fixtures.ts'
import type { Scene } from './scene.ts'

/** What everybody knows to be the secrets of the generators that stand for keys here: 1, as each suite writes it. */
function wholeKey({ view }: Scene): ExportedKey {
  const { suite, publicKey, chainCode } = KEYS.find((key) => view.sessions.some((s) => s.export?.suite === key.suite)) ?? KEYS[0]
  return { suite, groupKey: publicKey, chainCode, secret: new Uint8Array(32).fill(1, suite === 2 ? 0 : 31, suite === 2 ? 1 : 32) }
}

/** A party that only stands still and shows one scene: for looking at screens, never for running anything. */
export function stillParty(scene: Scene): DrivenParty {
  const answer = <T>(value: T): Promise<T> =>
    scene.refuse === undefined
      ? Promise.resolve(value)
      : Promise.reject(Object.assign(new Error('as this scene wants it'), { code: scene.refuse }))
  const session = { session: '00000000-0000-4000-8000-000000000000' as SessionView['id'] }
  const link: LinkPreview =
    scene.link?.kind === 'company'
      ? { kind: 'company', expiresAt: NOW + 900_000, name: 'Acme co-signer' }
      : { kind: 'join', expiresAt: NOW + 900_000, ...(scene.view.sessions[0] === undefined ? {} : { session: scene.view.sessions[0].id }) }
  const verbs: PartyVerbs = {
    unlock: () => answer(undefined),
    lock: () => answer(undefined),
    changePassphrase: () => answer(undefined),
    addPasskey: () => answer(undefined),
    removePasskey: () => answer(undefined),
    makeBackup: () => answer({ fileName: 'savings.trivet-backup', file: new Uint8Array(4213) }),
    proveBackup: () => answer(undefined),
    readBackup: () => answer(scene.backup ?? BACKUP),
    restoreBackup: () => answer({ wallet: BACKUP.wallet.id }),
    createWallet: () => answer(session),
    readLink: () => answer(link),
    joinWallet: () => answer(session),
    startKeygen: () => answer(undefined),
    compareWords: () => answer(true),
    forgetKnown: () => answer(undefined),
    addAccount: () => answer({ index: 1 }),
    labelAccount: () => answer(undefined),
    changeWallet: () => answer(session),
    forgetWallet: () => answer(undefined),
    requestSignature: () => answer(session),
    repairPair: () => answer(session),
    approve: () => answer(undefined),
    decline: () => answer(undefined),
    close: () => answer(undefined),
    finishWallet: () => answer(undefined),
    readImport: () => answer(scene.imported ?? { keys: [], firstPath: [], warnings: [] }),
    giveShare: () => answer(undefined),
    requestExport: () => answer(session),
    takeExport: () => answer(session),
    cancelExport: () => answer(undefined),
    collectExport: () => answer(wholeKey(scene)),
    createInvitation: () => answer({ invitation: '' }),
  }
  return {
    verbs,
    subscribe(listener) {
      listener(scene.view)
      return () => {}
    },
  }
}
