/** What the page says in English about keys that existed before. */

const files = (n: number): string => `${n} ${n === 1 ? 'file' : 'files'}`

export const bring = {
  door: 'Bring a key you already have', doorAbout: 'A seed phrase, a private key, or files of another shared wallet',
  title: 'Bring a key you already have',
  about: 'Its addresses stay. It is split into parts, one on each device, and this device forgets the whole.',
  what: 'What you have', secret: 'A seed phrase or private key', secretAbout: 'this device gets to see all of it',
  file: 'Files of another shared wallet', fileAbout: 'tss-lib (GG18, GG20), one file on each device',
  text: 'Seed phrase or private key', textAbout: 'Read on this device only, and kept nowhere. Load the page anew when you are done: a browser cannot wipe what was typed.',
  forms: {
    phrase: 'A seed phrase.', extended: 'An extended private key.', wif: 'A private key as Bitcoin writes it.', solana: 'A private key as Solana’s wallets write it.',
    hex: 'A private key in digits.',
  },
  account: 'Which account', asItIs: 'The key as it is',
  accounts: {
    'ethereum': 'Ethereum', 'bitcoin-segwit': 'Bitcoin SegWit (bc1q…)', 'bitcoin-taproot': 'Bitcoin Taproot (bc1p…)', 'bitcoin-nested': 'Bitcoin SegWit, older (3…)',
    'bitcoin-legacy': 'Bitcoin, oldest (1…)', 'solana': 'Solana',
  },
  number: 'Account number', numberAbout: 'As the old wallet counts: its first account is 1.', testnet: 'On Bitcoin’s test networks',
  extra: 'Extra word of the phrase', extraAbout: 'Only if the old wallet asks for a passphrase beside the phrase (“25th word”). A wrong one opens other addresses: compare them.',
  hex: 'What the digits are', hexKinds: {
    'secp256k1': 'A private key of Ethereum or Bitcoin', 'ed25519-seed': 'A private key of Ed25519 (Solana)', 'ed25519-scalar': 'A bare Ed25519 number, as Trivet exports it',
  },
  shareFile: 'File of this device', shareFileAbout: 'The file that tss-lib saved after key generation (JSON). It is read on this device only.',
  look: 'Show its address', looking: 'Reading…',
  seen: 'Is this your old wallet?', seenAbout: 'Compare the first address with the one your old wallet shows. Go on only if it is the same.',
  seenShares: (needed: number, total: number): string =>
    `The key is held by ${total}, and any ${needed} of them can sign. To bring it along, ${needed} of the devices that take part each open their own file; the others join without one.`,
  keys: 'Becomes', suites: { 1: 'Ethereum and Bitcoin SegWit', 2: 'Solana and signed texts', 3: 'Bitcoin Taproot' },
  warnings: {
    'other-accounts': 'Only this account comes along. What you typed still opens it, and every other account it has.',
    'old-addresses': 'The old wallet shows addresses of an older kind, which Trivet neither shows nor spends from. Send the coins on them elsewhere first.',
    'uncompressed': 'Its old Bitcoin address is made of the longer form of the public key. Trivet shows the address of the shorter form: coins at the old one are not seen here.',
    'top': 'This is the top of a tree of keys. Wallets keep their accounts below steps that cannot be taken once the key is split. If the address is not the one you know, choose an account.',
  },
  honest: 'What splitting cannot undo',
  honestSecret: 'Whoever has seen this phrase or key keeps full power over it, for ever: paper, the old wallet, its backups, a picture of it. If you are not sure that nobody has, make a new wallet and send everything there. That is the better way in any case.',
  honestShares: 'The old parts go on working: enough of them can sign, whatever happens here, until every holder has deleted its own. Older versions had flaws by which one participant could take the whole key (TSSHOCK; BitForge, CVE-2023-33241), so it may be known already. The better way is a new wallet to which you send everything.',
  newInstead: 'Make a new wallet instead', understood: 'I know this, and bring the key along all the same.',
  missingKeys: 'Choose what the key is to become.',
  tooFew: (needed: number): string => `At least ${needed} devices must take part, since ${files(needed)} are needed.`,
  origin: 'The key of this wallet was brought along from elsewhere. Whoever had it before can still use it without these devices.',
  xpubAbout: 'Lets another program watch the accounts without being able to spend, as the old wallet’s does: it is the same.',
  refreshDue: 'One step is left: as soon as all its devices are online, they renew their parts by themselves. Until then the device that brought the key could still have them all.',
  lobby: {
    secret: 'The key of this wallet is not made but brought along by the device that invites: whoever had it before can use it without this wallet.',
    shares: 'The key of this wallet is brought along from files of another shared wallet. Their old holders can use it without this wallet.',
    given: (k: number, needed: number): string => `${k} of ${needed} files are there.`, mine: 'This device has opened its file.',
    ask: (needed: number): string => `${files(needed)} are needed, each opened on a device of its own. If this device has one, open it here. If not, it takes part without.`,
    give: 'Use this file', giving: 'Reading…',
  },
}

/** Of what was typed or opened, by its field. */
export const importErrors = {
  key: { sentence: 'This is not a private key that Trivet can read.', safe: 'Nothing changed, and it stays in its field.', next: 'Compare it character by character with where you have it from.' },
  phrase: { sentence: 'This is not a whole seed phrase.', safe: 'Nothing changed, and it stays in its field.', next: 'Check the number of words, their spelling and their order.' },
  word: (positions: string): string => `Not a word of seed phrases: number ${positions}.`,
  passphrase: { sentence: 'The extra word cannot be used with this.', safe: 'Nothing changed.', next: 'Leave it empty.' },
  account: { sentence: 'This account cannot be brought along from this key.', safe: 'Nothing changed.', next: 'Choose another account, or the key as it is.' },
  file: { sentence: 'This is not a file that tss-lib saved after key generation.', safe: 'Nothing changed.', next: 'Choose the file of this device.' },
  other: { sentence: 'This file belongs to another wallet than the one being brought along.', safe: 'Nothing changed, and nothing of it was sent.', next: 'Choose the file of this device for that wallet.' },
  field: (name: string) => ({ sentence: `The file is damaged, or of another kind: ${name} is wrong.`, safe: 'Nothing changed.', next: 'Take another copy of the file of this device.' }),
}
