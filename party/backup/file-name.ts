/** Of each name in it, so that a folder of backups stays readable. */
const MAX_PART = 40

/** As in `trivet-savings-annas-laptop-epoch1.trivet-backup`: what is in the file, in characters that every file system takes. */
export function backupFileName(walletName: string, deviceName: string, epoch: number): string {
  const parts = ['trivet', plain(walletName), plain(deviceName), `epoch${epoch}`].filter((part) => part !== '')
  return `${parts.join('-')}.trivet-backup`
}

function plain(name: string): string {
  const letters = name.normalize('NFKD').toLowerCase().replace(/[\p{M}'’]/gu, '')
  return letters.replace(/[^a-z0-9]+/g, '-').slice(0, MAX_PART).replace(/^-+|-+$/g, '')
}
