/** What the page says in English when devices of a wallet come and go, or get new parts. */

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`

/** At the devices of a wallet. */
export const devices = {
  replace: 'Replace…', remove: 'Remove…', leave: 'Leave…', add: 'Add a device…', giveBack: 'Let a restored device back in…', refresh: 'Renew the parts…',
  approvals: 'Change approvals…', of: (name: string): string => `: ${name}`,
  changeAbout: 'The keys and all addresses stay, whatever you change here.',
  lastSeen: (ago: string): string => `last seen ${ago}`, neverSeen: 'not seen yet', backupChecked: (ago: string): string => `Backup checked ${ago}`,
  backupUnknown: 'No checked backup known', backupMissing: 'No checked backup', sharesMade: (ago: string): string => `Parts made ${ago}.`,
}

export const change = {
  titles: {
    replace: (name: string): string => `Replace ${name}`, remove: (name: string): string => `Remove ${name}`, leave: 'Leave this wallet', add: 'Add a device',
    giveBack: 'Let a restored device back in', refresh: 'Renew the parts', approvals: 'Change approvals', again: 'Bring the wallet back from backups', draft: 'Change the devices',
  },
  leads: {
    replace: 'Another device takes its place. Open the link on the new one.', remove: 'The others get new parts that its old part does not fit.',
    leave: 'The others get new parts; the one on this device is erased in the end.', add: 'Every device gets a new part, and the new one gets one as well.',
    giveBack: 'Mark the device that was lost, and open the link on the one that was restored from its backup. That one gets a part of its own.',
    refresh: 'Every device gets a new part. Whoever copied an old one has nothing that fits the new ones.',
    approvals: 'How many devices must approve can change at any time, together with new parts for all of them.',
    again: 'For when the other devices are lost as well: restore enough of them from their backups, and let them in here by link.',
    draft: 'Who stays, who goes, who comes.',
  },
  members: 'Who holds a part now', fate: (name: string): string => `What happens with ${name}`,
  fates: { stays: 'Stays', leaves: 'Goes', lost: 'Is lost' },
  guest: 'Took part in making the wallet only. It holds no part afterwards.',
  mine: 'The place that this device was restored from. It gets a new one.',
  oncemore: 'Takes part once more, then its part is erased.', leftOut: 'Takes no part in the change: it need not be online.',
  coming: 'Who comes', nobody: 'Nobody new.', addPlace: 'Add a device', newDevice: (n: number): string => `New device ${n}`, takeAway: 'Take away',
  approvals: 'Devices that must approve',
  lossesAbout: (t: number): string => `If somebody else may hold ${t} of the lost devices, a change does not help: they could still sign together. Make a new wallet then, and move everything there.`,
  problems: {
    tooFew: 'At least two devices must hold the wallet. Let one more stay, or add one.',
    noDealers: (need: number, have: number): string => `New parts are made from ${need} of the old ones, and only ${have} would be there. Let more devices stay or go with your help, or let in restored ones by link.`,
    leaveLater: 'While restored devices bring old parts, no device can leave with their help. Let this one stay now, and leave with a second change.',
    missingInvitation: 'Paste the invitation of the company server.', sameInvitation: 'Each company server can take one place only.',
    sameKnown: 'Each device can take one place only.',
  },
  before: {
    title: 'Before you start', online: 'Must be online', alone: 'Only this device, and those who come.', come: 'Those who come open their links while this page is open.',
    bring: (k: number): string => `${plural(k, 'of those who come must be', 'of those who come must be')} restored from a backup of this wallet: without that there are too few old parts.`,
    notYet: (names: string): string => `Not online yet: ${names}. You can start all the same: the change waits for a while.`, allOnline: (n: number): string => (n === 1 ? 'It is online.' : 'All are online.'),
    unlocked: (names: string): string => `The page must be open and unlocked on ${names}.`,
    stays: 'What stays', staysAbout: 'The keys, all addresses and what they hold. Nothing has to be moved.',
    backups: 'Old backups stop working', backupsAbout: 'Each device makes a new one right afterwards. Then destroy the old files: enough of them together would still give the key.',
    removed: (names: string): string => `Out: ${names}`,
    removedAbout: 'A removed device’s part is worth nothing afterwards: it fits none of the new ones.', unchangedNow: 'Until the end the wallet works as before. If the change breaks off, nothing has changed.',
  },
  action: 'Start the change', renew: 'Renew the parts', busy: 'Starting…',
  summary: 'What changes', now: 'Now', then: 'Afterwards', arrow: 'becomes',
  what: {
    stays: 'stays, with a new part', leaves: 'goes; takes part once more', dropped: 'is out; its part will be worth nothing', joins: 'comes',
    returns: 'comes back from a backup', returnsFor: (name: string): string => `comes back from a backup, in place of ${name}`,
  },
  lobby: {
    head: 'Change of this wallet', leave: 'Take no part in it',
    wait: (who: string): string => `Nothing to do yet. When all are here, ${who} starts it; then you see what changes, and approve or decline.`,
    makeAbout: 'Everybody sees what changes and approves it. Then the devices make the new parts together.', places: 'Devices that take part',
    question: (t: number, n: number): string => `Agree to this change? Any ${t} of the ${n} devices will be able to sign. The addresses stay; old backups stop working.`,
    questionAll: (n: number): string => `Agree to this change? All ${n} devices will have to sign together. The addresses stay; old backups stop working.`,
    cancel: 'Call off the change',
  },
  refresh: {
    question: (t: number, n: number): string => `Agree to new parts? As before, any ${t} of the ${n} devices sign. The addresses stay; old backups stop working.`,
    questionAll: (n: number): string => `Agree to new parts? As before, all ${n} devices sign together. The addresses stay; old backups stop working.`,
  },
  make: 'Change the devices together', makeRefresh: 'Renew the parts together',
  notice: (wallet: string): string => `“${wallet}”: a change of its devices waits for your approval`,
  called: (who: string, wallet: string): string => `${who} prepares a change of “${wallet}” with this device`,
  refreshNotice: (wallet: string): string => `“${wallet}”: new parts wait for your approval`,
  failedSafe: 'Nothing was changed: the old parts still work.',
  done: 'This device has left the wallet.',
}

/** Wallets that this device cannot sign with, or not for ever. */
export const standing = {
  goneOn: 'The others have changed this wallet without this device.',
  goneOnAbout: (names: string): string =>
    `${names} have shown their signatures for it. This device was away, or the last thing it said did not reach them. The part that is here fits none of theirs, so nothing can be signed with it.`,
  goneOnNext: 'Ask them whether that is so. Then forget the wallet here, and let them add this device by a link: it gets a new part, and the addresses stay the same.',
  forgetShareAbout: (names: string): string =>
    `The part that is here is erased, and a backup of it could not be used either. Do it only once ${names} have told you that they can sign without this device.`,
  left: 'This device is no longer part of this wallet.',
  leftAbout: 'Its devices were changed, and this one is not among them any more. The part that was here fits none of the new ones: it is worth nothing, and it was erased.',
  leftRestored: 'The backup that it was restored from is of a time before the devices changed. That part fits none of the new ones: it is worth nothing, and it was erased.',
  leftNext: 'The others sign as before, and the addresses are the same. They can let this device in again by a link.',
  cold: 'This device belongs to the wallet, and its part is missing.',
  coldAbout: 'The others have new parts. This device did not get to store its own, and its old part is worth nothing any more.',
  coldNext: 'Ask the others to renew the parts: this device gets a new one then.',
  changing: 'A change of the devices is not finished yet.',
  changingAbout: 'This device holds its new part, and one confirmation is missing. Until it is there, everything works as before the change.',
  restoredNext: 'To sign again, let another device of the wallet let this one in: it makes a link, and you open it here.',
  restoredAlone: 'If the other devices are lost too, restore enough of them from their backups and start from here.',
  openLink: 'Open the link', startHere: 'Start from here',
  forget: 'Forget this wallet', forgetTitle: (name: string): string => `Forget “${name}”?`,
  forgetAbout: 'It is taken off this device. The wallet itself, its other devices and its backup files stay as they are.',
  forgetAction: 'Forget it',
}

/** Backups and parts, over time. */
export const health = {
  others: (names: string): string => `As far as they say, no checked backup yet: ${names}.`,
  shares: 'The parts', sharesMade: (when: string, ago: string): string => `Made ${when} (${ago}).`,
  sharesAbout: 'Renewing gives every device a new part and keeps the addresses. Do it when somebody may have seen or copied a part.',
}

/** What a new backup is for. */
export const drills = {
  made: { title: 'The key is made', lead: 'One step is left: a backup of this device’s part. Without it the wallet is as safe as this browser’s storage.' },
  imported: { title: 'The key is split', lead: 'One step is left: a backup of this device’s part. Without it the wallet is as safe as this browser’s storage.' },
  changed: {
    title: 'The devices have changed', lead: 'One step is left: a new backup of this device. The one from before no longer works; destroy it when the new one is read back.',
  },
  renewed: {
    title: 'The parts are renewed', lead: 'One step is left: a new backup of this device. The one from before no longer works; destroy it when the new one is read back.',
  },
}
