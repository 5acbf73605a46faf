/** What the recovery page says in English: one file by itself, so its texts are by themselves. */

const devices = (n: number): string => (n === 1 ? 'one more device' : `${n} more devices`)

export const recovery = {
  language: 'Language', title: 'Recover the keys of a wallet',
  about: 'For the day when the devices cannot sign any more. From the backup files of enough devices this page makes the wallet’s private keys.',
  warning: 'Read this first',
  warnings: [
    'Afterwards each key is in one place: on this screen. Whoever sees it owns what the wallet holds, and no approval is asked for any more.',
    'Do it on a computer that is offline and that you trust: save this file, disconnect, open it from the disk. It uses no network itself.',
    'Then move everything to a new wallet. The old one does not become safe again.',
    'If enough devices still work, do not do this: let them move the funds.',
  ],
  online: 'This page was opened over the network. Save it, disconnect, and open the saved file.',
  files: '1. Choose the backup files', filesAbout: 'One of each device, all from after the last change of the wallet’s devices.', choose: 'Backup files',
  passphrases: '2. Open each with its passphrase', passphrase: (file: string): string => `Passphrase of ${file}`,
  open: 'Open', opening: 'Opening… this takes some seconds, on purpose.',
  standing: 'Opening… this browser does it in the page itself, which stands still for some seconds.',
  remove: 'Remove', opened: (wallet: string, device: string): string => `Opened: “${wallet}”, of ${device}`,
  first: 'No file is opened yet.',
  missing: (n: number, names: string): string => `Still missing: the backup of ${devices(n)} of this wallet. These would do: ${names}.`,
  enough: 'That is enough.',
  troubles: {
    passphrase: 'Wrong passphrase. Nothing changed; try again.', empty: 'Enter the passphrase of this file.',
    damaged: 'This file is damaged, or it is no backup of Trivet. Copy it again from where it was saved.',
    version: 'This file was made by a newer version of Trivet. Get that version’s recovery page.',
    wallet: 'This is the backup of another wallet than the one opened first.',
    earlier: 'This backup is from before a change of the wallet’s devices; the one opened first is from after it. Only files of one state go together.',
    later: 'This backup is from after a change of the wallet’s devices; the one opened first is from before it. Only files of one state go together.',
    twice: 'The backup of this device is opened already. Another device’s is needed.',
    contradicts: 'This file says something else of the same wallet than the one opened first. One of them was made up.',
    failed: 'This file could not be opened here. Try another browser, or the command: trivet recover.',
    sum: 'The parts do not add up to the wallet’s key. No key is shown.',
  },
  keys: '3. The keys', keysAbout: 'Nobody should see your screen now.', show: 'Show the keys', hide: 'Hide the keys',
  compare: 'Compare the addresses with those you know before you use a key.',
  suites: {
    1: 'ECDSA on secp256k1: Ethereum and its like, Bitcoin SegWit', 2: 'Ed25519: Solana and others', 3: 'BIP-340 on secp256k1: Bitcoin Taproot',
  },
  forms: {
    'hex': 'Private key, hex', 'wif': 'WIF', 'xprv': 'xprv (the key is the root: depth 0)', 'wif-testnet': 'WIF, testnet', 'tprv': 'tprv, testnet',
    'scalar': 'Scalar, hex, little-endian',
  },
  publicKey: 'Public key', testnet: 'testnet',
  scalarAbout: 'This is a scalar, not a seed: most wallets cannot import it. It signs with software that takes a bare scalar.',
  childAbout: 'Keys below this one follow from it by rules of Trivet’s own: give each path below.',
  path: 'Path of a key below, for example m/0/1', addPath: 'Add', badPath: 'There is no key at this path. Write it like m/0/1, without hardened steps.',
}
