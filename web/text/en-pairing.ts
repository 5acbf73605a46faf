/** What the page says in English from *Create a wallet* to the moment when everybody approves. */

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`

const everyOf = (n: number): string => (n === 2 ? 'Both devices' : `All ${n} devices`)

const sentence = {
  anyOf: (t: number, n: number): string => `Any ${t} of ${n} devices can sign.`,
  allOf: (n: number): string => `${everyOf(n)} must sign together.`,
  mayLose: (k: number): string => (k === 1 ? 'You can lose one.' : `You can lose ${k}.`),
  loseNone: 'If you lose one device, the money is gone.',
}

export const device = {
  title: 'This device', name: 'Name of this device', nameAbout: 'The others see this name.', suggestion: 'My browser',
  known: (name: string): string => `This device takes part as ${name}.`,
  existing: 'This browser already holds wallets. To use the same device name and passphrase, unlock first.',
  existingAction: (name: string): string => `Unlock ${name}`,
  oneDisk: 'Or make a new device below: then this browser holds the parts of both, and whoever takes its disk has both.',
}

export const create = {
  title: 'Create a wallet', name: 'Name of the wallet', namePlaceholder: 'Savings', holders: 'Devices that hold it',
  approvals: 'Devices that must approve', more: (what: string): string => `${what}: one more`,
  fewer: (what: string): string => `${what}: one fewer`, sentence, others: 'Where the other devices are',
  place: (n: number): string => `Device ${n}`, byLink: 'New device', byLinkAbout: 'by link or QR code', company: 'Company server',
  companyAbout: 'signs by its own rules', knownOnline: 'online: asked by name', knownOffline: 'offline: must come online to be asked',
  knownTaken: 'already has a place', invitation: 'Invitation of the company server',
  invitationAbout: 'Paste the link that the server’s operator gave you.',
  invitationFrom: (name: string): string => `Invitation from ${name}`, invitationRead: 'Invitation accepted',
  action: 'Create and invite', busy: 'Encrypting this device’s part…', missing: 'Give the wallet a name.',
  missingInvitation: 'Paste the invitation of the company server.', sameInvitation: 'Each company server can take one place only.',
  sameKnown: 'Each device can take one place only.', picture: (t: number, n: number): string => `${n} devices, ${t} of them needed to sign`,
}

export const join = {
  title: 'Join a wallet', paste: 'Invitation link', pasteAbout: 'Paste the link you were sent.', next: 'Continue',
  invited: 'You are invited to hold one part of a wallet.',
  see: 'You will see who takes part, and approve it, before anything is made.', action: 'Join', busy: 'Joining…',
  other: 'Use another link',
  mine: 'This device made the link, so it cannot take the place as well.',
  joined: 'This device already has a place in this wallet.',
  mineAbout: 'Open the link on another device. Or open it in a new tab here, as a second device of this browser: then this browser holds two parts, and whoever takes its disk has both.',
  toLobby: 'Back to the wallet', newTab: 'Open in a new tab',
}

export const scan = {
  title: 'Or read the QR code', camera: 'Scan with the camera', picture: 'Choose a picture of the code', point: 'Point the camera at the QR code.',
  opening: 'Waiting for the camera…', stop: 'Stop the camera', view: 'What the camera sees', reading: 'Looking for a code in the picture…',
  noCode: 'There is no QR code in this picture. Take it straight from the front, with the whole code and its white border in it.',
  noPicture: 'This file is not a picture that the browser can open.',
  denied: 'The browser does not let this page use the camera. Allow it in the address bar, or choose a picture of the code.',
  missing: 'No camera was found. Choose a picture of the code, or paste the link.',
  taken: 'Another program is using the camera. Close it and try again, or choose a picture of the code.',
  failed: 'The camera did not start. Choose a picture of the code, or paste the link.',
  notLoaded: 'The code reader could not be loaded. Check the network and try again.',
}

/** Links that lead nowhere, each with its own way on. */
export const links = {
  none: { sentence: 'This is not a Trivet link.', safe: 'Nothing changed.', next: 'Copy the link, or scan the code, from the screen of whoever invites you.' },
  damaged: {
    sentence: 'This link is damaged: a part of it is missing or was changed.', safe: 'Nothing changed.',
    next: 'Copy the whole link again, up to its last character.',
  },
  notCompany: {
    sentence: 'This is a link for a device, not the invitation of a company server.', safe: 'Nothing changed.',
    next: 'Open it on that device, or ask the server’s operator for an invitation.',
  },
  foreign: (host: string) => ({
    sentence: `This link belongs to another page, at ${host}.`, safe: 'It was not used.',
    next: 'If you know that address, open the link there. If not, ask whoever sent it.',
  }),
  expired: { sentence: 'This link has expired.', safe: 'Nothing changed.', next: 'Ask for a new one: links last ten minutes.' },
  used: {
    sentence: 'Another device has already used this link.', safe: 'Nothing was made.',
    next: 'If that was not a device of yours, tell whoever sent it to stop and start again. Otherwise ask for a new link.',
  },
  over: { sentence: 'Nobody waits behind this link any more: the wallet was called off or is finished.', safe: 'Nothing changed.', next: 'Ask for a new link.' },
}

export const lobby = {
  waiting: (k: number, n: number): string => `${k} of ${n} devices are here`,
  allHere: (n: number): string => `${everyOf(n)} are here`, invite: 'Pass on one link to each device.',
  inviteOne: 'Pass on the link to the missing device.',
  wait: (who: string): string => `Waiting for the others. ${who} starts when all are here.`, places: 'Devices of this wallet',
  link: (n: number): string => `Link for device ${n}`, linkAbout: 'For one device. It holds a room and a key, never data.',
  empty: 'Waiting for somebody to open the link', companyEmpty: 'Waiting for the company server', emptyOther: 'Not here yet',
  asked: 'Asked; no answer yet', known: 'Paired before', otherBuild: 'Runs another version of the page.',
  joined: 'Here', approved: 'Approved', declined: 'Declined', gone: 'Left', cannot: 'Cannot take part', make: 'Make the wallet together',
  makeAbout: 'Everybody sees this list and approves it. Then the devices make the key together.', cancel: 'Cancel the wallet',
  leave: 'Leave', question: (t: number, n: number): string => `Hold a part of this wallet? Any ${t} of these ${n} devices will be able to sign.`,
  questionAll: (n: number): string => `Hold a part of this wallet? ${everyOf(n)} will have to sign together.`, approve: 'Approve',
  decline: 'Decline', answered: 'You approved. Waiting for the others.', waitingFor: (names: string): string => `Waiting for ${names}`,
  trouble: 'Having trouble?', server: 'Introduction server',
  path: { none: 'not connected yet', connecting: 'connecting…', up: 'connected', lost: 'connection lost' },
  via: {
    direct: 'directly, from device to device', relay: 'through a relay that sees only sealed bytes',
    mailbox: 'through the introduction server, still sealed', memory: 'on this machine',
  },
  help: 'Keep the page open on every device. If two of them do not connect, put both on the same Wi-Fi or turn off a VPN, then wait: other ways are tried by themselves.',
  preparing: 'Preparing the links…',
}

export const invited = {
  notice: (who: string): string => `${who} invites this device to a new wallet`,
  noticeNamed: (who: string, wallet: string): string => `${who} invites this device to the wallet “${wallet}”`,
  title: (who: string): string => `${who} invites this device`, about: 'To hold one part of a new wallet.',
  aboutExisting: 'To hold one part of a wallet that other devices hold already.',
  see: 'You were paired before, so no link is needed. You will see who takes part, and approve it, before anything is made.',
  accept: 'Join', decline: 'Decline', answered: 'Joining…',
}

export const words = {
  title: 'The same words', notice: (wallet: string): string => `“${wallet}”: compare the words`,
  readOut: 'Read these words out, or look: do all the other screens offer them?',
  which: (who: string): string => `Which words are on the screen of ${who}?`,
  why: 'This makes sure that nobody stands between your devices.', four: 'The four words', same: 'They are the same', differ: 'They differ',
  none: 'None of these: they differ', wrong: (who: string): string => `That is not right. Look at the screen of ${who} again.`,
  triesLeft: (n: number): string => `${plural(n, 'try', 'tries')} left.`, making: 'The devices are making the words together…',
  makingWith: (names: string): string => `To make the words, a connection to ${names} is still needed…`,
  answered: (names: string): string => `You compared the words. Waiting for ${names}.`, answeredAll: 'You compared the words.',
  who: 'Who has compared', compared: 'Compared', notYet: 'Not yet', small: 'The words of this wallet', smallAbout: 'The same on every screen.',
}

/** What is said of failures whose words must be in the language of the page, since somebody may be attacking. */
export const alarms = {
  E_WORDS: {
    sentence: 'The words were not the same on all screens. Somebody may be standing between your devices, or somebody chose wrongly.',
    safe: 'No key was made. Nothing was lost. Wallets that you already have are not affected.',
    next: 'Start again with new links, passed on in another way: scan the QR code straight from the screen. If the words differ again, do not use this introduction server.',
  },
  E_IDENTITY: {
    sentence: 'A device came under a name that you know, but with another key. It may be somebody else.',
    safe: 'No key was made. Nothing was lost. Wallets that you already have are not affected.',
    next: 'Ask its owner, not over this page, whether the device was set up anew. If it was, forget the old one in your list of known devices and invite it by a link.',
  },
  affected: 'Who is affected',
}

export const meshPaths = { direct: 'direct', relay: 'relay', mailbox: 'sealed mailbox', memory: 'connected' }
