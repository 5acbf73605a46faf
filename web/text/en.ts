/** Everything the page says in English. The other languages have exactly these keys (`Text`). */
import { change, devices, drills, health, standing } from './en-change.ts'
import { preview, request, sign, signed } from './en-signing.ts'
import { exporting } from './en-export.ts'
import { bring, importErrors } from './en-import.ts'
import { alarms, create, device, invited, join, links, lobby, meshPaths, scan, words } from './en-pairing.ts'
import { backup, fileErrors, locked, missing, opening, passkey, passkeyErrors, restore, safety, vaultErrors } from './en-safety.ts'
import { capabilities, errors } from './en-trouble.ts'

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`

const steps = {
  hello: { title: 'Say hello', about: 'Every device proves who it is' },
  commit: { title: 'Commit', about: 'Each device fixes its own random part' },
  exchange: { title: 'Exchange', about: 'Each device gives every other one its piece' },
  check: { title: 'Check', about: 'All devices compare what they received' },
  confirm: { title: 'Confirm', about: 'All devices keep their part and say so' },
  shares: { title: 'Sign', about: 'Each signer adds its part of the signature' },
}

export const en = {
  brand: 'Trivet',
  languageName: 'English',
  common: {
    copy: 'Copy', copied: 'Copied', copyFailed: 'Copying was refused: select the text by hand', share: 'Share', save: 'Save as file',
    close: 'Close', back: 'Back', details: 'Details', thisDevice: 'this device', of: (t: number, n: number): string => `${t} of ${n}`,
    and: ' and ', comma: ', ', qrFor: (what: string): string => `QR code: ${what}`, showQr: 'Show QR code', hideQr: 'Hide QR code',
    language: 'Language', skip: 'Skip to content',
    roles: { 'third-party': 'Guest device', enterprise: 'Company server', 'mobile-app': 'Device' },
    device: (n: number): string => `Device ${n}`, expiresIn: (left: string): string => `Expires in ${left}`, expired: 'Expired',
    working: 'Working…', justNow: 'just now',
  },
  header: {
    lock: 'Lock', home: 'Wallets', requests: (n: number): string => plural(n, 'request waits for you', 'requests wait for you'),
    review: 'Review', asks: (who: string, wallet: string): string => `${who} asks for your approval in “${wallet}”`,
    lobbyAsks: (wallet: string): string => `“${wallet}” is ready for your approval`,
    running: (wallet: string): string => `“${wallet}”: in progress`, open: 'Open',
    elsewhere: 'You are using this device in another tab.',
    connection: {
      idle: '', connecting: 'Connecting to the introduction server…', connected: 'Connected',
      offline: 'No connection to the introduction server. Trying again…', refused: 'The introduction server refused this device.',
    },
  },
  start: {
    title: 'A wallet no single device can empty',
    tagline: 'Trivet makes a key in parts, one on each of your devices, and any two of three sign together. Nothing leaves this device unencrypted.',
    create: 'Create a wallet', createAbout: 'Choose how many devices hold it and invite them', join: 'Join with a link',
    joinAbout: 'Somebody sent you a link or shows you a QR code', known: 'On this browser', locked: 'Locked', unlocked: 'Unlocked',
    unlock: 'Unlock', openWallet: 'Open', noWallets: 'No wallet yet', onDevice: (name: string): string => `as ${name}`,
    online: (k: number, n: number): string => `${k} of ${n} online`, picture: 'Three devices, each connected to the other two',
    pictured: ['Your laptop', 'Your phone', 'A server'],
    facts: [
      { title: 'Never in one place', about: 'The key is made in parts and stays in parts, even while signing.' },
      { title: 'Device to device', about: 'The parts talk directly to each other. The server only introduces them.' },
      { title: 'Approve what you see', about: 'Every device works out by itself what it is asked to sign.' },
    ],
    cannot: 'This page cannot work here yet',
  },
  unlock: {
    title: (name: string): string => `Unlock ${name}`, about: 'The passphrase you chose on this device.', passphrase: 'Passphrase',
    action: 'Unlock', opening: 'Opening…', elsewhere: 'This device is open in another tab.',
    elsewhereAbout: 'Only one tab at a time may use it. Use it here, and the other tab is locked; what it is doing stops.', takeOver: 'Use it here',
  },
  passphrase: {
    label: 'Passphrase for this device', about: 'It encrypts this device’s part. Nobody can reset it for you.', show: 'Show passphrase',
    hide: 'Hide passphrase', tooShort: (min: number): string => `At least ${min} characters.`, weak: 'Weak: easily guessed.',
    fair: 'Fair: a few more words would help.', good: 'Good.', strong: 'Strong.', strength: 'Strength',
  },
  decline: {
    title: 'Decline', about: 'The others see who declined and why.', reason: 'Reason', action: 'Decline',
    options: ['I did not expect this', 'Something in it is wrong', 'Not now'], otherReason: 'In your own words',
  },
  ceremony: {
    titles: {
      keygen: (name: string): string => `Making “${name}”`, reshare: (name: string): string => `Changing the devices of “${name}”`,
      import: (name: string): string => `Bringing “${name}” in`, sign: (name: string): string => `Signing with “${name}”`,
      finish: (name: string): string => `Finishing “${name}”`, repair: (name: string): string => `Pairing again in “${name}”`,
      export: (name: string): string => `Taking the key out of “${name}”`,
    },
    connecting: 'Connecting the devices to each other…',
    waitingFor: (names: string, s: number): string => `Waiting for ${names}, ${s} s`, working: 'This device is calculating…', steps,
    stepsTitle: 'Steps', mesh: 'Connections', heardFrom: (name: string): string => `heard from ${name}`,
    notHeard: (name: string): string => `not yet heard from ${name}`, todo: 'to do', now: 'now', done: 'done',
    ms: (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`),
    keepOpen: 'Keep this page open on every device.', stop: 'Stop',
    meshText: (a: string, b: string, path: string): string => `${a} – ${b}: ${path}`,
    linkUp: 'connected', linkConnecting: 'connecting', linkLost: 'lost', linkNone: 'not connected',
  },
  failed: {
    titles: {
      keygen: 'The wallet was not made', reshare: 'The devices were not changed', import: 'Nothing was brought in', sign: 'Nothing was signed',
      finish: 'The wallet is not finished yet', repair: 'The devices were not paired again', export: 'The key was not taken out',
    },
    who: 'Who',
    safe: 'What is safe', next: 'What to do', again: 'Ask again', startAgain: 'Start again', toWallet: 'Back to the wallet',
    toStart: 'Back to the start', tryFinish: 'Finish now',
  },
  wallet: {
    accounts: 'Accounts', devices: 'Devices', activity: 'Activity',
    activityAbout: 'Signatures made while this page is open.', noActivity: 'Nothing signed yet.', sign: 'Sign', online: 'online',
    offline: 'offline', onlineCount: (k: number, n: number): string => `${k} of ${n} online`, created: (when: string): string => `Made: ${when}`,
    chains: { ethereum: 'Ethereum', bitcoin: 'Bitcoin', solana: 'Solana' },
    ethereumAbout: 'The same address on Base, Arbitrum, OP Mainnet, Polygon and every other EVM chain.',
    addresses: { taproot: 'Taproot', segwit: 'SegWit' }, taprootAbout: 'Lowest fees.', segwitAbout: 'For senders that do not accept bc1p addresses.',
    account: (n: number): string => `Account ${n}`, addAccount: 'Add an account', accountAdded: (name: string): string => `${name} is there.`,
    accountName: 'Name of this account', saveName: 'Save name', nameSaved: 'Saved.', path: 'Path',
    accountNameAbout: 'Only on this device: no other device sees it, and no backup holds it.',
    xpub: 'Extended public key (xpub)',
    xpubCare: 'Whoever has it sees all addresses of this key, also those to come. Together with the private key of any single one of them it gives the private key of all: never pass on both.',
    xpubAbout: 'Lets another program watch the accounts without being able to spend. It lists them from the second on (m/0/1, m/0/2…); the first is the key itself.',
    ed25519: 'Ed25519 public key', ed25519About: 'The same key as Solana’s, for programs that check signatures of texts.',
    noEthereum: 'Made before Trivet could sign for Ethereum. To hold Ethereum, make a new wallet.',
    start: { ethereum: 'Send', bitcoin: 'Sign a PSBT', solana: 'Sign a text' },
    banned: (name: string): string => `A safety check with ${name} failed. To protect your key, this device no longer signs Ethereum or Bitcoin SegWit with it.`,
    bans: (n: number): string => `Failed checks so far: ${n}.`,
    lost: (name: string): string => `What this device and ${name} had prepared for Ethereum and Bitcoin SegWit was lost or no longer fits, as when a page is closed in the middle of a signature.`,
    stillWith: (names: string): string => `You can still sign those with ${names}.`,
    stillNone: 'No other device can sign those with this one.', unaffected: 'Bitcoin Taproot, Solana and texts are not affected.',
    stockWith: (n: number, names: string): string => `${plural(n, 'prepared signature', 'prepared signatures')} with ${names}`,
    stockAbout: 'Made in the background while the wallet is open and idle, kept in memory only. Each is used once and saves the waiting.',
    testOnly: 'For trying out: on this network coins have no value.', unfinished: 'One confirmation is missing',
    unfinishedAbout: 'All devices have their part, but not all have said so to each other. No address is shown before that.',
    finish: 'Finish now', show: 'Show', allWallets: 'All wallets',
    notEnough: (k: number): string => (k === 1 ? 'One more device must come online before you can sign.' : `${k} more devices must come online before you can sign.`),
    networks: { mainnet: 'Bitcoin', testnet: 'Bitcoin testnet', signet: 'Bitcoin signet', regtest: 'Bitcoin regtest' },
  },
  repair: {
    action: 'Pair again', title: (who: string): string => `${who} asks to pair your two devices again`,
    mine: (who: string): string => `Pairing again with ${who}`,
    about: (who: string): string => `This device and ${who} make anew what they need to sign Ethereum and Bitcoin SegWit together.`,
    why: {
      banned: 'A safety check between the two has failed. Go on only if you know whose device it is and why that may have happened.',
      lost: 'What the two had prepared was lost or no longer fits. Nobody need have done anything wrong.',
      ready: 'On this device everything is in order: the other one has lost its half.',
    },
    unchanged: 'Your part of the key, the addresses and the other devices stay as they are. It happens only if both sides say yes.',
    both: 'Both sides', waitingFor: (who: string): string => `Waiting for ${who} to approve`,
    done: (who: string): string => `Paired again: you can sign Ethereum and Bitcoin SegWit with ${who}.`,
  },
  change, devices, drills, health, standing,
  bring, importErrors, exporting,
  alarms, create, device, invited, join, links, lobby, meshPaths, scan, words,
  sign, preview, request, signed, capabilities, errors: { ...errors, ...vaultErrors },
  backup, restore, safety, passkey, passkeyErrors, opening, locked, missing, fileErrors,
  title: (n: number): string => (n === 0 ? 'Trivet' : `(${n}) Trivet`),
}

/** The shape every language fills completely. */
export type Text = typeof en
