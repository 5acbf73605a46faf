/** One thing that can be set, for `--help`. The parts read and check it themselves. */
export interface Setting {
  /** In the environment; the same in lower case in the file of `--config`. */
  readonly name: string
  readonly standard: string
  readonly meaning: string
}

const log: readonly Setting[] = [
  { name: 'LOG_LEVEL', standard: 'info', meaning: 'trace, debug, info, warn, error, fatal or silent' },
  { name: 'LOG_FORMAT', standard: 'pretty on a terminal, else json', meaning: 'json or pretty' },
]

const tls: readonly Setting[] = [
  { name: 'TLS_CERT', standard: 'none: plain HTTP', meaning: 'file with the certificate (PEM); other devices than this one need it' },
  { name: 'TLS_KEY', standard: 'none', meaning: 'file with its private key (PEM)' },
]

export const signallingSettings: readonly Setting[] = [
  { name: 'HOST', standard: '127.0.0.1', meaning: 'address to listen on; 0.0.0.0 for every interface' },
  { name: 'PORT', standard: '8080', meaning: 'port to listen on; 0 takes any free one' },
  { name: 'DATA_DIR', standard: './data/signalling', meaning: 'folder of its database, made with mode 0700' },
  { name: 'PUBLIC_URL', standard: 'http://localhost:<PORT>', meaning: 'address under which people and parties find it' },
  { name: 'PAGE_DIR', standard: 'the built page, where there is one', meaning: 'folder of the page to serve' },
  { name: 'PAGE_SIGNALLING_URL', standard: 'this server', meaning: 'signalling server that the served page uses' },
  { name: 'ALLOWED_ORIGINS', standard: 'its own', meaning: 'further pages that may use it, separated by commas' },
  { name: 'SESSION_TTL', standard: '900', meaning: 'seconds for which an invitation lives where nothing else is asked for' },
  { name: 'MAX_SOCKETS_PER_ADDRESS', standard: '50', meaning: 'open sockets from one network address' },
  { name: 'STUN_URLS', standard: 'none', meaning: 'STUN servers that tell parties their public address, separated by commas: stun:stun.example:3478' },
  { name: 'TURN_URLS', standard: 'none', meaning: 'TURN servers for parties that cannot reach each other, separated by commas: turn:turn.example:3478?transport=udp' },
  { name: 'TURN_SECRET', standard: 'none', meaning: "what the TURN server has as static-auth-secret (coturn's use-auth-secret), 16 to 256 characters" },
  ...tls,
  ...log,
]

export const enterpriseSettings: readonly Setting[] = [
  { name: 'HOST', standard: '127.0.0.1', meaning: 'address its REST door listens on' },
  { name: 'PORT', standard: '8082', meaning: 'port of its REST door; 0 takes any free one' },
  { name: 'DATA_DIR', standard: './data/enterprise', meaning: 'folder of vault and API keys, made with mode 0700' },
  { name: 'SIGNALLING_URL', standard: 'http://localhost:8080', meaning: 'the signalling server' },
  { name: 'PUBLIC_URL', standard: 'http://localhost:8080', meaning: 'the page: its invitations lead there' },
  { name: 'PARTY_NAME', standard: "the machine's name", meaning: 'what others see' },
  { name: 'PARTY_ROLE', standard: 'enterprise', meaning: 'enterprise, third-party or mobile-app' },
  { name: 'SHARE_KEY', standard: 'none', meaning: '64 hexadecimal digits that seal its shares; prefer SHARE_KEY_FILE' },
  { name: 'SHARE_KEY_FILE', standard: 'share.key in DATA_DIR, made at the first start', meaning: 'file with the key that seals its shares' },
  { name: 'POLICY_FILE', standard: 'none: everything is refused', meaning: 'what it may agree to (YAML)' },
  { name: 'PRESIGNATURES', standard: '4', meaning: 'ECDSA presignatures it holds for each set of signers, 0 to 20; 0 makes none' },
  { name: 'KEY_ROTATION_DAYS', standard: '0', meaning: 'proposes new shares of a wallet when they are so many days old, once everybody is online; 0: never' },
  { name: 'EXPORT_DELAY_HOURS', standard: '24', meaning: 'hours it waits between the announcement that a key is taken out and the key, 0 to 720' },
  ...tls,
  ...log,
]

const ofParty = new Set(['DATA_DIR', 'SHARE_KEY', 'SHARE_KEY_FILE'])

export const backupSettings: readonly Setting[] = [
  ...enterpriseSettings.filter(({ name }) => ofParty.has(name)),
  { name: 'BACKUP_PASSPHRASE_FILE', standard: 'none', meaning: 'file with the passphrase of the backup, mode 0600, from the environment only' },
  { name: 'BACKUP_PASSPHRASE', standard: 'none', meaning: 'the passphrase itself; prefer BACKUP_PASSPHRASE_FILE' },
  { name: 'BACKUP_DIR', standard: 'the current folder', meaning: 'where the files go, from the environment only' },
]

export const recoverSettings: readonly Setting[] = [
  { name: 'RECOVERY_PASSPHRASE_FILE', standard: 'none: asked for on the terminal', meaning: 'file with the passphrases, one a line in the order of the backup files, mode 0600' },
  { name: 'RECOVERY_PASSPHRASE', standard: 'none', meaning: 'one passphrase for all files; prefer RECOVERY_PASSPHRASE_FILE' },
]

const ofSignalling = new Set(['HOST', 'PORT', 'PUBLIC_URL', 'ALLOWED_ORIGINS', 'STUN_URLS', 'TURN_URLS', 'TURN_SECRET', 'TLS_CERT', 'TLS_KEY'])

export const upSettings: readonly Setting[] = [
  ...signallingSettings.filter(({ name }) => ofSignalling.has(name)),
  { name: 'ENTERPRISE_PORT', standard: '8082', meaning: "port of the enterprise party's REST door; 0 takes any free one" },
]
