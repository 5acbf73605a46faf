/** What the page says in English about backups, restoring, ways in and locking. */

const day = (n: number): string => `${n} ${n === 1 ? 'day' : 'days'}`

export const backup = {
  title: 'Back up this device', about: 'A file with this device’s part of the wallet, encrypted under a passphrase of its own. It alone signs nothing.',
  checkTitle: 'Check a backup', checkAbout: 'The file is opened and compared with what this device holds. Nothing is changed.',
  steps: { make: 'Choose a passphrase', save: 'Save the file', prove: 'Read it back' },
  passphrase: 'Passphrase for the backup',
  passphraseAbout: 'Not the one of this device. Write it on paper, and keep it apart from the file. Nobody can reset it.',
  make: 'Make the backup file', making: 'Encrypting… This takes a few seconds by design: it makes guessing slow.',
  saveAbout: 'Keep it where a broken or lost device does not take it along: a USB stick, another computer, a cloud drive.',
  save: 'Save the file', saveAgain: 'Save it again', size: (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`,
  proveAbout: 'Choose the file where you have put it, and type its passphrase once more. Only a backup that can be read back counts.',
  provePassphrase: 'Passphrase of the backup', prove: 'Check the file', proving: 'Opening the file… This takes a few seconds by design.',
  file: 'Backup file', choose: 'Choose the file, or drop it here', chosen: 'Choose another', later: 'Later', laterAbout: 'The wallet works without. It reminds you.',
  done: 'The wallet is ready', doneAbout: 'The backup of this device opens and holds what this device holds.',
  checked: 'This backup is good', others: 'The other devices each need a backup of their own.', toWallet: 'Go to the wallet', startOver: 'Start over with another passphrase',
  none: 'This device has no proven backup.', due: (days: number): string => `The backup of this device was last checked ${day(days)} ago.`,
  backUp: 'Back up', check: 'Check it', recoverySave: 'Save the recovery page',
  recoveryAbout: 'The recovery page belongs beside the backups: opened from the disk of an offline computer, it makes the private keys from the backups of enough devices, should these ever be all that is left.',
}

export const restore = {
  door: 'Restore from a backup', doorAbout: 'You have a backup file and its passphrase', title: 'Restore from a backup',
  about: 'The file is opened on this device only. First you see what is inside; nothing is stored before you say so.',
  look: 'See what is inside', looking: 'Opening the file… This takes a few seconds by design.', inside: 'What is inside',
  wallet: 'Wallet', rule: 'Needed to sign', device: 'Device', madeAt: 'Backup made', state: 'State of the wallet',
  generation: (n: number): string => (n === 1 ? 'as first made' : `after ${n - 1} ${n === 2 ? 'change' : 'changes'} of its devices`),
  here: {
    same: 'This browser already holds this wallet, in the same state. Restore only if you cannot unlock it.',
    later: 'This browser already holds this wallet in a later state. This backup is out of date and would bring nothing back.',
    earlier: 'This browser holds this wallet in an earlier state than the backup.',
  },
  toWallets: 'To the wallets on this browser', thisDevice: 'This device',
  honest: 'What you get', honestAbout: 'The wallet with its addresses, to look at. A restored device cannot sign: another device of the wallet has to let it back in first. Keep the backup file until then.',
  action: 'Restore on this device', restoring: 'Restoring… This takes a few seconds by design.',
  banner: 'Restored from a backup: this device shows the wallet and cannot sign.',
  bannerAbout: 'Money can still be received at these addresses, and the other devices sign as before.',
}

export const safety = {
  tab: 'Safety', overview: 'Overview', tabs: 'Parts of the wallet', backup: 'Backup',
  proved: (when: string): string => `Last read back: ${when}.`, again: 'Make another', checkOne: 'Check one',
  notProved: 'None of this device has been made and read back yet. If this browser loses its storage, this part of the wallet is gone.',
  restored: 'This part of the wallet came from a backup file. Keep that file.',
  passphrase: 'Passphrase of this device', passphraseAbout: 'Opens this device, and only this one. Backups keep their own passphrase.',
  change: 'Change the passphrase', old: 'Passphrase until now', fresh: 'New passphrase', changeAction: 'Change', changing: 'Changing… This takes a few seconds by design.',
  changed: 'The passphrase is changed. The old one no longer opens this device.', forgotten: 'I forgot it: use a passkey', known: 'Use the passphrase after all',
  cancel: 'Cancel', lock: 'Locking',
  lockAbout: 'This device locks by itself after 5 minutes without use, and 30 seconds after the page is hidden, unless something is being made or signed. After wrong passphrases it makes you wait.',
  storage: 'Storage in this browser', storageStates: {
    'promised': 'The browser promises not to clear this device’s part when it needs room.',
    'not-promised': 'The browser does not promise to keep this device’s part when it needs room. The backup is what counts.',
    'unknown': 'The browser does not say whether it keeps this device’s part when it needs room. The backup is what counts.',
  },
  askAgain: 'Ask the browser to keep it', devices: 'Known devices',
  devicesAbout: 'Paired before: invite them by name, without link or words.', noDevices: 'None yet.',
  since: (when: string): string => `, since ${when}`,
  how: { words: 'words compared', invitation: 'by its invitation', earlier: 'paired before words were compared' },
  forget: 'Forget', forgetTitle: (name: string): string => `Forget ${name}?`,
  forgetAbout: 'Next time it is a stranger again: it needs a link, and you compare words. Wallets that you hold together stay as they are.',
}

export const passkey = {
  title: 'Passkeys', about: 'Open this device with a fingerprint, a face, a PIN or a security key. The passphrase always works as well.',
  none: 'No passkey yet.', add: 'Add a passkey', name: 'Name of the passkey', suggestion: 'My passkey', now: 'Your passphrase', action: 'Add',
  adding: 'Your browser asks you twice: to make the passkey, and to try it.', added: 'The passkey is added and opens this device.',
  remove: 'Remove', removeTitle: (label: string): string => `Remove ${label}?`, removeAbout: 'It no longer opens this device. The passphrase still does.',
  unavailable: 'This browser cannot use passkeys here. The passphrase opens this device.', open: 'Open with a passkey', or: 'or with the passphrase',
  asking: 'Your browser asks for the passkey…', full: 'Eight passkeys are the most a device takes.',
}

export const opening = {
  working: 'Opening the vault… This takes about a second by design.', wait: (min: number, s: number): string => (min === 0 ? `Wait ${s} s` : `Wait ${min} min ${s} s`),
  waitAbout: 'Several wrong passphrases in a row. The wait keeps guessers out; nothing is lost.',
}

export const locked = {
  idle: 'This device was locked: nobody used it for 5 minutes.', hidden: 'This device was locked: the page was out of sight for 30 seconds.',
}

export const missing = {
  title: 'Something is missing from this browser',
  about: (device: string, wallets: string): string => `This browser held “${device}” with its part of ${wallets}. It is no longer here: site data was cleared, or the browser made room.`,
  quoted: (name: string): string => `“${name}”`,
  safe: 'The other devices still have their parts.', restore: 'Restore from a backup', forget: 'Forget it',
  forgetTitle: (device: string): string => `Forget “${device}”?`, forgetAbout: 'The page no longer reminds you. A backup file can be restored all the same.',
}

/** Errors of a passkey, by reason. */
export const passkeyErrors = {
  'no-answer': {
    sentence: 'No passkey answered: it was cancelled, took too long, or is no longer there.', safe: 'Nothing changed.',
    next: 'Try again, or use the passphrase.',
  },
  'no-prf': {
    sentence: 'This passkey cannot open a vault: it computes no secret.', safe: 'Nothing was stored.',
    next: 'Use another one, for instance a security key or your phone, or stay with the passphrase.',
  },
  'already': { sentence: 'This device or key already holds a passkey for this vault.', safe: 'Nothing changed.', next: 'Use that one, or choose another device or key.' },
  'foreign': { sentence: 'This passkey does not open this vault.', safe: 'Nothing changed.', next: 'Use another one, or the passphrase.' },
  'refused': { sentence: 'The browser refused to use a passkey here.', safe: 'Nothing changed.', next: 'Use the passphrase.' },
}

/** Errors of the vault that have words of their own wherever they come. */
export const vaultErrors = {
  E_THROTTLED: { sentence: 'Too many wrong passphrases in a row.', safe: 'Nothing is lost.', next: 'Wait until the time is over, then try again.' },
  E_STALE: {
    sentence: 'This device knows a later state of the wallet.', safe: 'Nothing changed.', next: 'Make a new backup; this one is out of date.',
  },
}

/** What a code means where a backup file was given. */
export const fileErrors = {
  prove: {
    E_PASSPHRASE: {
      sentence: 'This passphrase does not open the file.', safe: 'The wallet and the file are as they were.',
      next: 'Type the passphrase of the backup, not the one of this device.',
    },
    E_DAMAGED: {
      sentence: 'This file is damaged, or it is no backup of Trivet.', safe: 'The wallet on this device is unharmed.',
      next: 'Do not rely on this file: save the backup once more and check that one.',
    },
    E_STALE: {
      sentence: 'This backup is from before the last change of the wallet.', safe: 'The wallet on this device is up to date.',
      next: 'Make a new backup, and destroy the old one.',
    },
    E_INPUT: {
      sentence: 'This is the backup of another wallet or of another device.', safe: 'The wallet and the file are as they were.',
      next: 'Choose the file that was made on this device for this wallet.',
    },
  },
  restore: {
    E_PASSPHRASE: {
      sentence: 'This passphrase does not open the file.', safe: 'The file is as it was, and nothing was stored.',
      next: 'Check upper and lower case. It is the passphrase of the backup, not that of a device.',
    },
    E_DAMAGED: {
      sentence: 'This file is damaged, or it is no backup of Trivet.', safe: 'Nothing was stored.',
      next: 'Try another copy of the file.',
    },
    E_STALE: {
      sentence: 'This backup is from before a change of the wallet that this browser knows of.', safe: 'Nothing was stored; the wallet here is as it was.',
      next: 'Unlock the wallet that is here, or restore from a newer backup.',
    },
    E_INPUT: { sentence: 'This file or these fields cannot be used as they are.', safe: 'Nothing was stored.', next: 'Check the file and both passphrases.' },
  },
}
